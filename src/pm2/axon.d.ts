// The parts of PM2's own axon modules that sigctl uses (pm2/modules/pm2-axon, pm2/modules/pm2-axon-rpc; 7.0.4 ships no types).
declare module 'pm2/modules/pm2-axon/index.js' {
  import type { EventEmitter } from 'node:events';
  export interface AxonSocket extends EventEmitter {
    set(name: string, value: unknown): this;
    connect(path: string): this;
    close(): void;
  }
  const axon: { socket(type: 'req'): AxonSocket };
  export default axon;
}

declare module 'pm2/modules/pm2-axon-rpc/index.js' {
  import type { AxonSocket } from 'pm2/modules/pm2-axon/index.js';
  export interface RpcClient {
    call(method: string, ...argumentsAndCallback: readonly unknown[]): void;
  }
  const rpc: { Client: new (socket: AxonSocket) => RpcClient };
  export default rpc;
}
