import { BridgeError, type AccountBefore, type BridgeDefinition, type LoginFlow, type LoginResult, type LoginValues } from '#bridge';
import { RpcFailure } from '../rpc/rpc-failure.ts';

const loginTimeoutMs = 60_000;

/** The flow of an id. @throws RpcFailure `invalid-input` */
export const flowOf = (definition: BridgeDefinition, flowId: string): LoginFlow => {
  const flow = definition.loginFlows.find((one) => one.id === flowId);
  if (flow === undefined) throw new RpcFailure('invalid-input', 'no such way to sign in');
  return flow;
};

/** The flow whose required fields are all filled; the first one when none is. */
export const flowFor = (definition: BridgeDefinition, values: LoginValues): LoginFlow => {
  const isFilled = (flow: LoginFlow): boolean =>
    flow.fields.every((field) => !field.isRequired || (values[field.name] ?? '') !== '');
  const flow = definition.loginFlows.find(isFilled) ?? definition.loginFlows[0];
  if (flow === undefined) throw new RpcFailure('not-possible', 'this network has no way to sign in');
  return flow;
};

/** Only what the form has, and all that it must have; ports are ports. @throws RpcFailure `invalid-input` */
const checkedValues = (flow: LoginFlow, values: LoginValues): LoginValues => {
  const checked: Record<string, string> = {};
  for (const field of flow.fields) {
    const given = values[field.name] ?? '';
    // Blanks around an address come from copying; in a password they may be meant.
    const value = field.kind === 'password' ? given : given.trim();
    if (value === '' && field.isRequired) throw new RpcFailure('invalid-input', `values.${field.name} is needed`);
    if (value === '') continue;
    if (field.kind === 'port' && !isPort(value)) throw new RpcFailure('invalid-input', `values.${field.name} is no port`);
    checked[field.name] = value;
  }
  return checked;
};

const isPort = (value: string): boolean => /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535;

/** What a person filled in. @throws RpcFailure `invalid-input` */
export const signIn = (definition: BridgeDefinition, flow: LoginFlow, values: LoginValues, before?: AccountBefore): Promise<LoginResult> =>
  signInWith(definition, flow.id, checkedValues(flow, values), before);

/**
 * Signs in at the server; gives up after a minute. `values` come from a form that was checked, or from the bridge itself.
 * @throws BridgeError with the code that tells the person what was wrong
 */
export const signInWith = async (definition: BridgeDefinition, flowId: string, values: LoginValues, before?: AccountBefore): Promise<LoginResult> => {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new BridgeError('server-unreachable', { detail: 'no answer within a minute' }));
      abort.abort();
    }, loginTimeoutMs);
  });
  try {
    return await Promise.race([definition.login(flowId, values, abort.signal, before), timeout]);
  } finally {
    clearTimeout(timer);
  }
};
