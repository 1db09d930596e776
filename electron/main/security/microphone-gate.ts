/** A person answers a dialog of the system in this time, or clicks again. */
const openForMs = 30_000;

export interface MicrophoneGate {
  /** A click on the record button: one grant may follow. */
  open(): void;
  /** The microphone was given or refused: nothing more follows from that click. */
  close(): void;
  /** Whether the page may look it up, without using the click up. */
  isOpen(): boolean;
  /** Uses the click up. */
  take(): boolean;
}

/** The microphone is the page's for one click at a time; a page that was taken over gets it no second time. */
export const createMicrophoneGate = (nowMs: () => number): MicrophoneGate => {
  let openUntilMs = 0;
  const isOpen = (): boolean => nowMs() < openUntilMs;
  const close = (): void => {
    openUntilMs = 0;
  };
  return {
    open: () => {
      openUntilMs = nowMs() + openForMs;
    },
    close,
    isOpen,
    take: () => {
      const isGranted = isOpen();
      close();
      return isGranted;
    },
  };
};
