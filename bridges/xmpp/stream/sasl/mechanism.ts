/** One SASL exchange (RFC 4422). */
export interface SaslMechanism {
  readonly initialResponse: Buffer;
  /** @throws BridgeError `server-not-trusted` when the challenge breaks the mechanism's rules. */
  respond(challenge: Buffer): Promise<Buffer>;
  /** Whether the data that came with success proves that the server knows the password. */
  verify(finalData: Buffer | null): boolean;
}
