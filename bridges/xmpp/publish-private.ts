import {
  configureQuery,
  leastPrivateOptions,
  privateNodeOptions,
  publishQuery,
} from './extensions/0060-publish-subscribe.ts';
import type { XmlElement } from './stream/xml/element.ts';
import { StanzaError } from './stream/stanza-error.ts';
import type { StreamEngine } from './stream/stream-engine.ts';

type Requests = Pick<StreamEngine, 'request'>;

/** Nodes that were set up by their owner's form, because their server knows too few options when something is published. */
const setUpByForm = new WeakMap<Requests, Set<string>>();

/**
 * Puts an item into a node of ours that nobody else may see and that keeps many. ejabberd 23 knows two of the options only,
 * refuses the others as if it lacked the means, and makes nodes that keep one item: there the form of the node says the rest.
 *
 * @throws BridgeError `conflict` when others may look into the node, and what else the server says
 */
export async function publishPrivately(
  engine: Requests,
  node: string,
  item: { readonly id: string; readonly payload: XmlElement },
): Promise<void> {
  const publish = async (options: Readonly<Record<string, string>>): Promise<void> =>
    void (await engine.request({ type: 'set', payload: publishQuery(node, item, options) }));
  const byForm = setUpByForm.get(engine) ?? new Set<string>();
  if (byForm.has(node)) return publish(leastPrivateOptions);
  try {
    await publish(privateNodeOptions);
  } catch (error) {
    // A node that is set up in another way is a conflict again when others may look into it, and not when it only keeps less.
    if (!(error instanceof StanzaError) || !['resource-constraint', 'conflict'].includes(error.condition)) throw error;
    await publish(leastPrivateOptions);
    // Our other devices are to hear of what is taken out, too.
    const options = { ...privateNodeOptions, notify_retract: 'true' };
    await engine.request({ type: 'set', payload: configureQuery(node, options) });
    setUpByForm.set(engine, byForm.add(node));
  }
}
