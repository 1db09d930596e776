import { BridgeError } from '#bridge';
import { advertisedBindings, usableBindings } from '../extensions/0440-channel-binding-types.ts';
import { readSasl2Offer } from '../extensions/0388-sasl2.ts';
import type { StreamOptions } from './credentials.ts';
import { openSecureStream } from './open-secure-stream.ts';
import { SaslFailure } from './sasl/exchange.ts';
import { invalidateToken } from './sasl2-sign-in.ts';

/** Signs in a last time by token, to have it invalidated. False when the server knew it no more. @throws BridgeError */
export async function forgetToken(options: StreamOptions, signal: AbortSignal): Promise<boolean> {
  const stream = await openSecureStream(options, signal);
  const { connection, features } = stream;
  const cancel = (): void => connection.close(new BridgeError('cancelled'));
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const offer = readSasl2Offer(features);
    if (offer === null) return false;
    const advertised = advertisedBindings(features);
    const bindings = usableBindings(advertised, (type) => connection.channelBinding(type));
    return await invalidateToken(stream, options, { ...offer, bindings, advertised, plan: null });
  } catch (error) {
    if (error instanceof SaslFailure) return false;
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    connection.end('');
    connection.close(new BridgeError('cancelled'));
  }
}
