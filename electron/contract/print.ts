/** Limits of a page that the engine has printed by its host. */
export const maxPrintedHtmlChars = 16 * 1024 * 1024;
export const maxPdfBytes = 64 * 1024 * 1024;
/** From the first letter to the last page. */
export const printTimeoutMs = 30_000;
