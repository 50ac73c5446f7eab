const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  EMFILE: 'no file descriptor is free to ask with',
};

/** Why a connection came to nothing, in words. */
export function describeConnectFault(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('HPE_')) return 'its answer is not HTTP';
  return WORDS[code] ?? (code === '' ? error.message : code);
}
