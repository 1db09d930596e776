import { foldText } from './fold-text.ts';

/** Something the palette can do. `keys` is shown as its shortcut. */
export interface PaletteCommand {
  readonly id: string;
  readonly label: string;
  readonly keys?: string | undefined;
  readonly act: () => void;
}

const wordsOf = (text: string): readonly string[] => foldText(text).split(/[\s:]+/u).filter(Boolean);

/** Commands whose words begin with the typed words, in any order; accents do not matter. */
export const matchCommands = (commands: readonly PaletteCommand[], query: string): readonly PaletteCommand[] => {
  const typed = wordsOf(query);
  if (typed.length === 0) return commands;
  return commands.filter(({ label }) => {
    const words = wordsOf(label);
    return typed.every((part) => words.some((word) => word.startsWith(part)));
  });
};
