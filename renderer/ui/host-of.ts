/** The host of an address, for a person to read; empty when it is none. (`URL.canParse` is younger than Chrome 114.) */
export const hostOf = (address: string): string => {
  try {
    return new URL(address).host;
  } catch {
    return '';
  }
};
