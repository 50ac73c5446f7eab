import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { renderNotFound } from './page.js';
import type { Refusal } from './request-guard.js';

/** Answers with `{"error": {"code", "message", "hint"}}`, the shape of every error of this site. */
export function sendError(reply: FastifyReply, statusCode: number, error: Refusal): FastifyReply {
  return reply.code(statusCode).type('application/json; charset=utf-8').send({ error });
}

/** A page for people, JSON for programs and for everything under `/api/`. */
export function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?')[0] ?? '/';
  if (!path.startsWith('/api/') && request.headers.accept?.includes('text/html')) {
    return reply.code(404).type('text/html; charset=utf-8').send(renderNotFound(path));
  }
  return sendError(reply, 404, {
    code: 'NOT_FOUND',
    message: `Nothing at ${request.method} ${path}`,
    hint: 'GET /, /health, /api/health or /api/status',
  });
}

/** What is wrong with a request is said to its sender; what is wrong with the site goes to the log, with its stack. */
export function sendFailure(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const statusCode = error.statusCode ?? 500;
  if (statusCode >= 400 && statusCode < 500) {
    return sendError(reply, statusCode, { code: error.code, message: error.message, hint: 'Correct the request' });
  }
  request.log.error({ err: error, url: request.url }, 'a request failed');
  return sendError(reply, 500, {
    code: 'INTERNAL',
    message: 'The website made a mistake',
    hint: 'sigctl logs website',
  });
}
