/** Addresses as people write them in a line. */
export const splitAddresses = (text: string): readonly string[] => [...new Set(text.split(/[\s,;]+/u).filter((part) => part !== ''))].slice(0, 100);
