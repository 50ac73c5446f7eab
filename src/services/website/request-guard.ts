/** What a request says of where it comes from. */
export interface RequestOrigin {
  /** `Host` as sent, port included. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** The header that a foreign page cannot send without asking first (CORS preflight), and is never granted. */
  readonly controlHeader: string | undefined;
  readonly remoteAddress: string | undefined;
}

export interface SiteAddress {
  readonly port: number;
  /** Hosts of ALLOWED_HOSTS, lower case, with port where there is one. */
  readonly allowedHosts: readonly string[];
  /** Bound to this machine only. */
  readonly loopbackOnly: boolean;
}

/** Why a request is refused, and what the operator can do about it. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a request may change the stack. Pure.
 *
 * Host is checked against DNS rebinding, Origin and the extra header against other sites, the peer's address because
 * anybody may write "localhost" into a header.
 */
export function refuseControl(from: RequestOrigin, site: SiteAddress): Refusal | undefined {
  const host = from.host?.toLowerCase() ?? '';
  if (from.controlHeader !== '1') {
    return refusal(
      'CONTROL_HEADER_MISSING',
      'The request lacks the header "x-sigctl-control: 1"',
      'Send it, or use the button on the page',
    );
  }
  if (!isOwnHost(host, site)) return foreignHost(host);
  if (from.origin !== undefined && from.origin !== `http://${host}` && from.origin !== `https://${host}`) {
    return refusal(
      'ORIGIN_FOREIGN',
      `The request comes from another site: "${from.origin}"`,
      `Open the page at http://${host}/`,
    );
  }
  if (!site.allowedHosts.includes(host) && !isLoopbackAddress(from.remoteAddress)) {
    return refusal(
      'PEER_REMOTE',
      'Only this machine may control the stack',
      `Set ALLOWED_HOSTS of the website to allow others`,
    );
  }
  return undefined;
}

/** Whether a request may read. A site that only this machine reaches answers to no foreign name (DNS rebinding). Pure. */
export function refuseRead(hostHeader: string | undefined, site: SiteAddress): Refusal | undefined {
  const host = hostHeader?.toLowerCase() ?? '';
  if (!site.loopbackOnly || isOwnHost(host, site) || LOOPBACK_NAMES.includes(withoutPort(host))) return undefined;
  return foreignHost(host);
}

function isOwnHost(host: string, { port, allowedHosts }: SiteAddress): boolean {
  if (allowedHosts.includes(host)) return true;
  return LOOPBACK_NAMES.some((name) => host === `${name}:${port}` || (port === 80 && host === name));
}

function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address));
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}

function foreignHost(host: string): Refusal {
  return refusal(
    'HOST_FOREIGN',
    `This site does not answer as "${host}"`,
    'Add that host, with its port, to ALLOWED_HOSTS of the website',
  );
}

function refusal(code: string, message: string, hint: string): Refusal {
  return { code, message, hint };
}
