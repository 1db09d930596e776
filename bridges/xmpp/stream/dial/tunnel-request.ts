/** What a proxy knows us by. */
export interface ProxyLogin {
  readonly username: string;
  readonly password: string;
}

/** Where a proxy shall connect to. */
export interface TunnelRequest {
  readonly host: string;
  readonly port: number;
  readonly login: ProxyLogin | null;
  /** What faults call the proxy. */
  readonly proxy: string;
}
