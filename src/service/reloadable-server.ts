import type { Server } from 'node:http';

/** An HTTP server that does not listen yet. */
export interface ReloadableServer {
  readonly server: Server;
  /** Opens the port. */
  readonly listen: () => Promise<unknown>;
  /** Ends every connection and frees what the server holds. */
  readonly close: () => unknown;
}

export interface ServeOptions {
  /** 1: a worker serves, and `sigctl reload` replaces it by one with the code of now. 0: this process serves itself. */
  readonly workers: 0 | 1;
  /** A new worker takes no connection before it answers this path with 2xx; begins with `/`. */
  readonly health: string;
  /** Called in the process that serves. */
  readonly open: () => ReloadableServer | Promise<ReloadableServer>;
}
