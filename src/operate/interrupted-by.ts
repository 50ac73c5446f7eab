/** What asked a command to wait no longer: the reason of its signal (`withStackLock` in src/cli). A watchdog that ends has another. */
export function interruptedBy(signal: AbortSignal): 'SIGINT' | 'SIGTERM' | undefined {
  if (!signal.aborted) return undefined;
  return signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT';
}
