import { computed, inject, onScopeDispose, ref, shallowRef, type Ref } from 'vue';
import { toRpcError, shellKey, uploadFile, useEngine, type ConversationId, type RpcError, type ThreadId } from '../../rpc/index.ts';
import { toOggOpus } from './ogg-opus.ts';

export type VoiceState = 'idle' | 'asking' | 'recording' | 'ready' | 'sending';
/** Why there is no recording; a name of a text. */
export type VoiceProblem = 'refused' | 'none' | 'failed' | 'tooLong';

export const longestVoiceMs = 15 * 60_000;
const looksPerSecond = 20;
const shownValues = 64;

export interface VoiceNote {
  readonly blob: Blob;
  readonly url: string;
  readonly durationMs: number;
  readonly waveform: readonly number[];
}

/** So many values, each the loudest of its stretch. */
export const thinOut = (values: readonly number[], count = shownValues): readonly number[] => {
  if (values.length <= count) return values;
  const step = values.length / count;
  return Array.from({ length: count }, (_, index) => Math.max(...values.slice(Math.floor(index * step), Math.floor((index + 1) * step))));
};

interface Recording {
  readonly recorder: MediaRecorder;
  readonly stream: MediaStream;
  readonly context: AudioContext;
  readonly chunks: Blob[];
  readonly loudness: number[];
  readonly startedAtMs: number;
  readonly timer: number;
}

/** Speaking a message: the microphone is open from the click that starts it to the one that ends it, and never else. */
export const useVoice = () => {
  const engine = useEngine();
  const microphone = inject(shellKey, null)?.microphone;
  const state = ref<VoiceState>('idle');
  const elapsedMs = ref(0);
  const live: Ref<readonly number[]> = shallowRef([]);
  const note = shallowRef<VoiceNote | null>(null);
  const problem = ref<VoiceProblem | null>(null);
  const error = shallowRef<RpcError | null>(null);
  let recording: Recording | null = null;
  let isGone = false;

  /** Every way out goes through here: no track stays open. */
  const release = (): void => {
    if (recording === null) return;
    window.clearInterval(recording.timer);
    for (const track of recording.stream.getTracks()) track.stop();
    void recording.context.close().catch(() => undefined);
    recording = null;
  };
  const forget = (): void => {
    if (note.value !== null) URL.revokeObjectURL(note.value.url);
    note.value = null;
    live.value = [];
    elapsedMs.value = 0;
  };

  const keep = async ({ chunks, loudness, startedAtMs, recorder }: Recording): Promise<void> => {
    const durationMs = Math.round(performance.now() - startedAtMs);
    try {
      const webm = new Uint8Array(await new Blob(chunks).arrayBuffer());
      const ogg = toOggOpus(webm);
      const blob = ogg === null ? new Blob(chunks, { type: recorder.mimeType.split(';')[0] ?? 'audio/webm' }) : new Blob([new Uint8Array(ogg)], { type: 'audio/ogg' });
      if (isGone || blob.size === 0) throw new Error('nothing was recorded');
      note.value = { blob, url: URL.createObjectURL(blob), durationMs, waveform: thinOut(loudness) };
      state.value = 'ready';
    } catch {
      problem.value = 'failed';
      state.value = 'idle';
    }
  };

  const stop = (): void => {
    const current = recording;
    if (current === null || current.recorder.state === 'inactive') return;
    current.recorder.addEventListener('stop', () => void keep(current), { once: true });
    current.recorder.stop();
    release();
  };

  const listenIn = (stream: MediaStream): void => {
    const type = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4'].find((wanted) => MediaRecorder.isTypeSupported(wanted));
    const recorder = new MediaRecorder(stream, { ...(type === undefined ? {} : { mimeType: type }), audioBitsPerSecond: 32_000 });
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Uint8Array(analyser.fftSize);
    const chunks: Blob[] = [];
    const loudness: number[] = [];
    const startedAtMs = performance.now();
    const look = (): void => {
      analyser.getByteTimeDomainData(samples);
      const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value - 128)), 0);
      loudness.push(Math.min(100, Math.round((loudest / 128) * 100)));
      live.value = loudness.slice(-shownValues);
      elapsedMs.value = performance.now() - startedAtMs;
      if (elapsedMs.value < longestVoiceMs) return;
      problem.value = 'tooLong';
      stop();
    };
    recorder.addEventListener('dataavailable', ({ data }) => data.size > 0 && chunks.push(data));
    recording = { recorder, stream, context, chunks, loudness, startedAtMs, timer: window.setInterval(look, 1_000 / looksPerSecond) };
    // Parts while it lasts: a recording of a quarter of an hour is not held back until its end.
    recorder.start(1_000);
    state.value = 'recording';
  };

  const start = async (): Promise<void> => {
    if (state.value !== 'idle') return;
    forget();
    problem.value = null;
    error.value = null;
    state.value = 'asking';
    try {
      await microphone?.open();
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
      if (isGone) for (const track of stream.getTracks()) track.stop();
      else listenIn(stream);
    } catch (thrown) {
      release();
      state.value = 'idle';
      problem.value = thrown instanceof Error && thrown.name === 'NotFoundError' ? 'none' : 'refused';
    } finally {
      void microphone?.close();
    }
  };

  const cancel = (): void => {
    if (recording !== null && recording.recorder.state !== 'inactive') recording.recorder.stop();
    release();
    forget();
    state.value = 'idle';
    error.value = null;
  };

  /** True when the engine has it; else `error` says why and it can be sent again. */
  const send = async (conversationId: ConversationId, name: string, threadId: ThreadId | undefined): Promise<boolean> => {
    const spoken = note.value;
    if (state.value !== 'ready' || spoken === null) return false;
    state.value = 'sending';
    try {
      const ending = spoken.blob.type === 'audio/ogg' ? 'ogg' : spoken.blob.type === 'audio/mp4' ? 'm4a' : 'webm';
      const file = new File([spoken.blob], `${name}.${ending}`, { type: spoken.blob.type });
      const id = await uploadFile(file, new AbortController().signal);
      await engine.call('files.setVoice', { id, durationMs: spoken.durationMs, waveform: spoken.waveform.slice(0, 128) });
      const into = threadId === undefined ? {} : { threadId };
      await engine.call('messages.send', { conversationId, clientId: crypto.randomUUID(), text: '', replyToId: null, files: [id], ...into });
      forget();
      state.value = 'idle';
      return true;
    } catch (thrown) {
      error.value = toRpcError(thrown);
      state.value = 'ready';
      return false;
    }
  };

  onScopeDispose(() => {
    isGone = true;
    cancel();
  });

  return { state, elapsedMs, live, note, problem, error, isActive: computed(() => state.value !== 'idle'), start, stop, cancel, send };
};

export type Voice = ReturnType<typeof useVoice>;
