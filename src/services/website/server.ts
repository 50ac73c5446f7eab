import { createHash } from 'node:crypto';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Control } from './control.js';
import { addControlRoute } from './control-route.js';
import { sendError, sendFailure, sendNotFound } from './error-answers.js';
import { healthHttpStatus, judgeHealth } from './health.js';
import { type PageOptions, renderPage, renderUpdate } from './page.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';
import { refuseRead, type SiteAddress } from './request-guard.js';
import { securityHeaders } from './security-headers.js';
import type { SiteSnapshot } from './site-snapshot.js';
import { statusDocument } from './status-document.js';

export interface ServerDeps {
  readonly log: FastifyBaseLogger;
  readonly nowMs: () => number;
  readonly startedAtMs: number;
  readonly pid: number;
  readonly version: string | null;
  /** The service that this site is itself. */
  readonly ownService: string;
  readonly allowedHosts: readonly string[];
  readonly loopbackOnly: boolean;
  /** Cheap to call for each request. Never throws: what cannot be read is part of the value. */
  readonly snapshot: () => SiteSnapshot;
  readonly control: Control;
}

/** No route takes a body worth more. */
const BODY_LIMIT_BYTES = 16 * 1024;

/** Told to clients (`Keep-Alive: timeout=5`). A worker that was replaced waits at least as long for the last of its connections. */
const KEEP_ALIVE_MS = 5_000;

/**
 * The site with all its routes, not listening yet.
 *
 * `/health` and `/api/health` answer under any host name, for probes; what shows data or changes something is guarded.
 */
export function createServer(deps: ServerDeps): FastifyInstance {
  const app = fastify({
    loggerInstance: deps.log,
    // Each open page asks every two seconds; lines about that would bury the rest.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    // An open page keeps its connection; waiting for it would use up the time for shutdown.
    forceCloseConnections: true,
    keepAliveTimeout: KEEP_ALIVE_MS,
    frameworkErrors: (error, request, reply) => void sendFailure(error, request, reply),
  });
  const headers = securityHeaders(PAGE_SCRIPT, PAGE_STYLE);
  const address = (): SiteAddress => ({ ...deps, port: listeningPort(app) });
  app.addHook('onRequest', async (_request, reply) => void reply.headers(headers));
  app.setNotFoundHandler(sendNotFound);
  app.setErrorHandler(sendFailure);
  addHealthRoutes(app, deps);
  addReadRoutes(app, deps, address);
  addControlRoute(app, { ...deps, address });
  return app;
}

function addHealthRoutes(app: FastifyInstance, { nowMs, startedAtMs, pid, version, snapshot }: ServerDeps): void {
  app.get('/health', async () => ({ status: 'ok', uptimeMs: nowMs() - startedAtMs, pid, version }));
  app.get('/api/health', async (_request, reply) => {
    const report = judgeHealth(snapshot());
    return reply.code(healthHttpStatus(report)).send(report);
  });
}

function addReadRoutes(app: FastifyInstance, deps: ServerDeps, address: () => SiteAddress): void {
  const build = createHash('sha256').update(PAGE_SCRIPT).update(PAGE_STYLE).digest('hex').slice(0, 12);
  const pageOptions = (): PageOptions => ({ nowMs: deps.nowMs(), ownService: deps.ownService, build });
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
    const refusal = refuseRead(request.headers.host, address());
    return refusal && sendError(reply, 403, refusal);
  };
  app.get('/', { onRequest }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(renderPage(deps.snapshot(), pageOptions())),
  );
  app.get('/api/page', { onRequest }, async () => renderUpdate(deps.snapshot(), pageOptions()));
  app.get('/api/status', { onRequest }, async (_request, reply) => {
    const document = statusDocument(deps.snapshot());
    return reply.code(document.error === null ? 200 : 503).send(document);
  });
}

function listeningPort(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
