/** `URL.parse` for Node 18 too, which the test runtime has. */
export const parseUrl = (address: string): URL | null => {
  try {
    return new URL(address);
  } catch {
    return null;
  }
};
