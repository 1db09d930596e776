import { BridgeError, type ArchiveRuleAbility } from '#bridge';
import type { ArchiveRule } from '#model';
import { preferencesQuery, readPreferences, setPreferences, type ArchivePreferences } from './extensions/0441-archive-preferences.ts';
import type { StreamEngine } from './stream/stream-engine.ts';
import { StanzaError } from './stream/stanza-error.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** What the server's archive keeps of this account. */
export class ArchiveRules implements ArchiveRuleAbility {
  readonly #engine: Pick<StreamEngine, 'request'>;

  constructor(engine: Pick<StreamEngine, 'request'>) {
    this.#engine = engine;
  }

  async load(): Promise<ArchiveRule> {
    return (await this.#ask('get', preferencesQuery())).rule;
  }

  async save(rule: ArchiveRule): Promise<ArchiveRule> {
    const known = await this.#ask('get', preferencesQuery());
    return (await this.#ask('set', setPreferences({ ...known, rule }), { ...known, rule })).rule;
  }

  /** `otherwise`: what it comes to when the server accepts without repeating it. */
  async #ask(type: 'get' | 'set', payload: XmlElement, otherwise?: ArchivePreferences): Promise<ArchivePreferences> {
    try {
      const preferences = readPreferences(await this.#engine.request({ type, payload })) ?? otherwise;
      if (preferences !== undefined) return preferences;
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
    }
    throw new BridgeError('unsupported', { detail: 'the server lets nobody choose what its archive keeps' });
  }
}
