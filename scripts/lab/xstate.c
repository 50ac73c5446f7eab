/*
 * Lets linux.uml (kernel 6.1) run on processors whose vector state is larger than it knows (AMX: 11 KB instead of 2.7): the
 * kernel of the host takes a process's state only as a whole (PTRACE_SETREGSET, NT_X86_XSTATE: EFAULT), so the part that
 * linux.uml knows is laid over what is there. Preloaded: cc -shared -fPIC xstate.c. The guest cannot use AMX itself, as its
 * kernel grants no permission for it.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const long NT_XSTATE = 0x202;
static unsigned char whole[64 * 1024] __attribute__((aligned(64)));

static long copy_state(int request, pid_t pid, struct iovec *known)
{
	struct iovec all = { whole, sizeof whole };
	if (syscall(SYS_ptrace, PTRACE_GETREGSET, (long)pid, NT_XSTATE, &all) < 0) return -1;
	size_t size = known->iov_len < all.iov_len ? known->iov_len : all.iov_len;
	if (request == PTRACE_GETREGSET) {
		memcpy(known->iov_base, whole, size);
		known->iov_len = size;
		return 0;
	}
	memcpy(whole, known->iov_base, size);
	return syscall(SYS_ptrace, PTRACE_SETREGSET, (long)pid, NT_XSTATE, &all);
}

long ptrace(enum __ptrace_request request, ...)
{
	va_list rest;
	va_start(rest, request);
	pid_t pid = va_arg(rest, pid_t);
	void *addr = va_arg(rest, void *);
	void *data = va_arg(rest, void *);
	va_end(rest);
	if ((request == PTRACE_GETREGSET || request == PTRACE_SETREGSET) && (long)addr == NT_XSTATE)
		return copy_state(request, pid, data);
	/* As in ptrace(2): the kernel writes what it read, and libc returns it. */
	long word = 0;
	int peeks = request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER;
	long result = syscall(SYS_ptrace, (long)request, (long)pid, addr, peeks ? &word : data);
	if (!peeks || result < 0) return result;
	errno = 0;
	return word;
}
