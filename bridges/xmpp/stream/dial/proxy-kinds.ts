export const proxyKinds = ['http', 'socks5'] as const;

export type ProxyKind = (typeof proxyKinds)[number];

export interface Proxy {
  readonly kind: ProxyKind;
  readonly host: string;
  readonly port: number;
  /** Empty: it wants no name. */
  readonly username: string;
  /** Asked for only when there is a user name. */
  findPassword(): Promise<string>;
}
