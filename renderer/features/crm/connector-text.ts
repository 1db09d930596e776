import type { ConnectorInfo } from '../../rpc/index.ts';

/** Key of the words for how well a connector was tried; one without an address has no server to be tried with. */
export const verifiedKey = ({ verifiedAgainst, fields }: Pick<ConnectorInfo, 'verifiedAgainst' | 'fields'>): string => {
  const isLocal = !fields.some(({ kind }) => kind === 'url');
  return `connection.verified.${isLocal && verifiedAgainst === 'real-server' ? 'local' : verifiedAgainst}`;
};
