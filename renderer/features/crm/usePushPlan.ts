import { computed, onMounted, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef, type WritableComputedRef } from 'vue';
import { toRpcError, useEngine, useEvent, useSession, type ConnectionId, type PushPreview, type PushRange, type RpcError } from '../../rpc/index.ts';
import { firstChoice, hasSomethingToPush, rangeOf, rangesOffered } from './push-choice.ts';
import type { OpenSheet } from './usePushes.ts';

/** What a person fills in for a push besides the target. */
export interface PushWords {
  /** Null: the messages' own words. */
  readonly summary: string | null;
  readonly hasFullNames: boolean;
}

export interface PushPlanning {
  /** Null while it is being planned, and when that failed. */
  readonly preview: Readonly<ShallowRef<PushPreview | null>>;
  readonly error: Readonly<ShallowRef<RpcError | null>>;
  /** A message came that the preview does not have. */
  readonly isStale: Readonly<Ref<boolean>>;
  /** The option it goes to; null: nobody chose, and none is certain. */
  readonly chosenKey: Ref<string | null>;
  /** The id of the connection, as a form field has it; another one is planned at once. */
  readonly connection: WritableComputedRef<string>;
  readonly range: WritableComputedRef<string>;
  /** Of a first push only: later ones begin where the last one ended. */
  readonly ranges: ComputedRef<ReturnType<typeof rangesOffered>>;
  readonly hasFullNames: Readonly<Ref<boolean>>;
  /** Typed and not looked at as it will be written: what was shown is what is sent. */
  readonly isSummaryDirty: Ref<boolean>;
  /** A person said yes to a push about a colleague. */
  readonly isConfirmed: Ref<boolean>;
  readonly canPush: ComputedRef<boolean>;
  readonly plan: () => Promise<void>;
  readonly setWords: (words: PushWords) => void;
  /** @param ids of what is hidden and shall be shown after all */
  readonly reveal: (ids: readonly string[]) => void;
}

/** The plan of one push and the choices that change it: each of them is planned anew, so that what is seen is what is sent. */
export function usePushPlan(sheet: OpenSheet): PushPlanning {
  const engine = useEngine();
  const session = useSession();
  const preview = shallowRef<PushPreview | null>(sheet.preview);
  const error = shallowRef<RpcError | null>(null);
  const isStale = ref(false);
  const chosenKey = ref<string | null>(sheet.preview ? firstChoice(sheet.preview) : null);
  const connectionId = ref(sheet.connectionId);
  const chosenRange = shallowRef<PushRange | null>(sheet.range ?? null);
  const revealed = shallowRef<readonly string[]>([]);
  const summary = shallowRef<string | null>(null);
  const hasFullNames = ref(false);
  const isSummaryDirty = ref(false);
  const isConfirmed = ref(false);

  const plan = async (): Promise<void> => {
    preview.value = null;
    error.value = null;
    isStale.value = false;
    try {
      const planned = await engine.call('crm.plan', {
        conversationId: sheet.conversationId,
        connectionId: connectionId.value,
        ...(chosenRange.value === null ? {} : { range: chosenRange.value }),
        revealed: revealed.value,
        ...(summary.value === null ? {} : { summary: summary.value }),
        ...(hasFullNames.value ? { hasFullNames: true } : {}),
      });
      preview.value = planned;
      // Another range or one more number shown does not change who it is for.
      const isStillOffered = planned.options.some(({ key }) => key === chosenKey.value);
      if (!isStillOffered) chosenKey.value = firstChoice(planned);
    } catch (thrown) {
      error.value = toRpcError(thrown);
    }
  };
  onMounted(() => {
    if (!preview.value) void plan();
  });
  useEvent('messages.changed', (change) => {
    if (change.conversationId === sheet.conversationId && change.hasNewest) isStale.value = true;
  });

  const connection = computed({
    get: () => String(preview.value?.connectionId ?? connectionId.value ?? session.connections.find(({ isDefault }) => isDefault)?.id ?? ''),
    set: (value: string) => {
      connectionId.value = Number(value) as ConnectionId;
      chosenKey.value = null;
      isConfirmed.value = false;
      revealed.value = [];
      void plan();
    },
  });
  const range = computed({
    get: () => (chosenRange.value ?? preview.value?.range)?.since ?? 'everything',
    set: (value: string) => {
      chosenRange.value = rangeOf(value, sheet.range ?? preview.value?.range ?? null);
      void plan();
    },
  });
  const ranges = computed(() => (preview.value?.range ? rangesOffered(preview.value.range, sheet.range ?? null) : []));
  const canPush = computed(
    () =>
      preview.value !== null &&
      chosenKey.value !== null &&
      !isSummaryDirty.value &&
      hasSomethingToPush(preview.value) &&
      (isConfirmed.value || preview.value.needsConfirmation !== true),
  );

  return {
    preview,
    error,
    isStale,
    chosenKey,
    connection,
    range,
    ranges,
    hasFullNames,
    isSummaryDirty,
    isConfirmed,
    canPush,
    plan,
    setWords(words) {
      summary.value = words.summary;
      hasFullNames.value = words.hasFullNames;
      isSummaryDirty.value = false;
      revealed.value = [];
      void plan();
    },
    reveal(ids) {
      revealed.value = ids;
      void plan();
    },
  };
}
