import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import { useSession, type ConversationDetail } from './rpc/index.ts';
import { afterPaint } from './ui/after-paint.ts';
import { useMediaQuery } from './ui/useMediaQuery.ts';

export interface SidePanel {
  /** Of the conversation that was shown last; null before the first. */
  readonly detail: Readonly<ShallowRef<ConversationDetail | null>>;
  /** As the person wants it; until that is said, where there is room for it. */
  readonly isShown: ComputedRef<boolean>;
  readonly hasTrustCard: ComputedRef<boolean>;
  readonly hasRoomCard: ComputedRef<boolean>;
  /** Shows a conversation once its messages are painted. */
  readonly show: (detail: ConversationDetail) => void;
  readonly toggle: () => void;
}

/** The panel beside a conversation: who it is, what is in the CRM, and its settings. */
export const useSidePanel = (): SidePanel => {
  const session = useSession();
  const isWide = useMediaQuery('(width >= 1100px)');
  const wish = ref<boolean | null>(null);
  const isShown = computed(() => wish.value ?? isWide.value);

  // The messages are what was clicked for: the panel beside them comes with the next frame.
  const detail = shallowRef<ConversationDetail | null>(null);
  let cancel = (): void => undefined;
  onScopeDispose(() => cancel());

  const row = computed(() => detail.value?.row);
  const abilities = computed(() => session.accounts.find(({ id }) => id === row.value?.accountId)?.abilities ?? []);
  return {
    detail,
    isShown,
    hasTrustCard: computed(() => row.value?.security === 'encrypted' && row.value.kind === 'direct' && abilities.value.includes('encryption')),
    hasRoomCard: computed(() => row.value !== undefined && row.value.kind !== 'direct' && row.value.membership === 'joined' && abilities.value.includes('rooms')),
    show(next) {
      cancel();
      cancel = afterPaint(() => (detail.value = next));
    },
    toggle() {
      wish.value = !isShown.value;
    },
  };
};
