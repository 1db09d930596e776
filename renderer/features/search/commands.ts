/** Something the palette can do. `keys` is shown as its shortcut. */
export interface PaletteCommand {
  readonly id: string;
  readonly label: string;
  readonly keys?: string | undefined;
  readonly act: () => void;
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Commands whose words begin with the typed words, in any order; accents do not matter. */
export const matchCommands = (commands: readonly PaletteCommand[], query: string): readonly PaletteCommand[] => {
  const typed = fold(query).split(/\s+/u).filter(Boolean);
  if (typed.length === 0) return commands;
  return commands.filter(({ label }) => {
    const words = fold(label).split(/[\s:]+/u);
    return typed.every((part) => words.some((word) => word.startsWith(part)));
  });
};
