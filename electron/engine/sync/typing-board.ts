import type { AddressId, ConversationId } from '#rpc';
import type { Clock } from '../clock.ts';
import type { TypingChange } from './change-set.ts';

/** Nobody types longer without a sign of it: who vanished stops typing here. */
export const typingLastsMs = 30_000;

/** Who is typing now. Lives in memory only. */
export class TypingBoard {
  private readonly clock: Clock;
  private readonly onExpired: (conversationId: ConversationId) => void;
  private readonly untilMs = new Map<ConversationId, Map<AddressId, number>>();
  private timer: NodeJS.Timeout | null = null;

  /** `onExpired` hears of conversations in which somebody stopped without saying so. */
  constructor(clock: Clock, onExpired: (conversationId: ConversationId) => void) {
    this.clock = clock;
    this.onExpired = onExpired;
  }

  /** True when who is typing changed. */
  set({ conversationId, addressId, isTyping }: TypingChange): boolean {
    const typing = this.untilMs.get(conversationId);
    const wasTyping = typing?.has(addressId) ?? false;
    if (isTyping) {
      const entry = typing ?? new Map<AddressId, number>();
      entry.set(addressId, this.clock.nowMs() + typingLastsMs);
      this.untilMs.set(conversationId, entry);
      this.timer ??= setTimeout(() => this.expire(), typingLastsMs).unref();
    } else if (typing?.delete(addressId) && typing.size === 0) {
      this.untilMs.delete(conversationId);
    }
    return wasTyping !== isTyping;
  }

  typing(conversationId: ConversationId): AddressId[] {
    const nowMs = this.clock.nowMs();
    return [...(this.untilMs.get(conversationId) ?? [])].flatMap(([id, untilMs]) => (untilMs > nowMs ? [id] : []));
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.untilMs.clear();
  }

  private expire(): void {
    this.timer = null;
    const nowMs = this.clock.nowMs();
    for (const [conversationId, typing] of this.untilMs) {
      const before = typing.size;
      for (const [id, untilMs] of typing) if (untilMs <= nowMs) typing.delete(id);
      if (typing.size === 0) this.untilMs.delete(conversationId);
      if (typing.size < before) this.onExpired(conversationId);
    }
    if (this.untilMs.size > 0) this.timer = setTimeout(() => this.expire(), typingLastsMs / 3).unref();
  }
}
