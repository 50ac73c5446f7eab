import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Control } from './control.js';
import { CONTROL_ACTIONS, type ControlAction, OUTCOME_HTTP_STATUS } from './control-outcome.js';
import { sendError, sendNotFound } from './error-answers.js';
import { type Refusal, type RequestOrigin, refuseControl, type SiteAddress } from './request-guard.js';
import type { SiteSnapshot } from './site-snapshot.js';

export interface ControlRouteDeps {
  readonly control: Control;
  readonly snapshot: () => SiteSnapshot;
  readonly ownService: string;
  readonly address: () => SiteAddress;
}

/** `POST /api/control/<service>/<start|stop|restart>`: answers when sigctl has ended, with what it said. */
export function addControlRoute(app: FastifyInstance, deps: ControlRouteDeps): void {
  app.post<{ Params: { service: string; action: string } }>(
    '/api/control/:service/:action',
    {
      onRequest: async (request, reply) => {
        const refusal = refuseControl(originOf(request), deps.address());
        return refusal && sendError(reply, 403, refusal);
      },
    },
    async (request, reply) => {
      const { service, action } = request.params;
      if (!isAction(action)) return sendNotFound(request, reply);
      const refusal = refuseTarget(deps, service, action);
      if (refusal !== undefined) return sendError(reply, refusal.statusCode, refusal.error);
      const outcome = await deps.control.act(action, service);
      const { message, exitCode } = outcome;
      request.log.info(
        { target: service, exitCode, outcome: message, from: request.ip },
        `${action} ${service}: ${outcome.outcome}`,
      );
      return reply.code(OUTCOME_HTTP_STATUS[outcome.outcome]).send(outcome);
    },
  );
}

function isAction(text: string): text is ControlAction {
  return CONTROL_ACTIONS.some((action) => action === text);
}

function originOf(request: FastifyRequest): RequestOrigin {
  const controlHeader = request.headers['x-sigctl-control'];
  return {
    host: request.headers.host,
    origin: request.headers.origin,
    controlHeader: typeof controlHeader === 'string' ? controlHeader : undefined,
    remoteAddress: request.socket.remoteAddress,
  };
}

interface TargetRefusal {
  readonly statusCode: 404 | 409 | 502;
  readonly error: Refusal;
}

function refuseTarget(deps: ControlRouteDeps, service: string, action: ControlAction): TargetRefusal | undefined {
  const { services } = deps.snapshot();
  if (services.kind !== 'read') {
    return { statusCode: 502, error: { code: 'STACK_UNKNOWN', message: services.reason, hint: services.next } };
  }
  const known = [...new Set(services.value.map((report) => report.service))];
  if (!known.includes(service)) {
    const hint = `Defined services: ${known.join(', ')}`;
    return { statusCode: 404, error: { code: 'SERVICE_UNKNOWN', message: `Cannot find service "${service}"`, hint } };
  }
  if (service !== deps.ownService) return undefined;
  // The answer would have to come from the process that is being ended.
  const error = {
    code: 'OWN_SERVICE',
    message: `The website cannot ${action} itself`,
    hint: `sigctl ${action} ${service}`,
  };
  return { statusCode: 409, error };
}
