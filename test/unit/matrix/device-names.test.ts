/**
 * A server names the devices. One that is named as a key of an identity must not vouch for that identity (CVE-2022-39250).
 * The check is in the machine we build on; whoever changes it, or its version, sees here that it still holds.
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DeviceId, DeviceLists, initAsync, OlmMachine, RequestType, Sas, UserId, VerificationMethod, type OutgoingVerificationRequest } from '@matrix-org/matrix-sdk-crypto-wasm';

beforeAll(() => initAsync());

type Json = Record<string, unknown>;
const parse = (text: string): Json => JSON.parse(text) as Json;
const alice = '@alice:example.org';
const bob = '@bob:example.org';
const methods = [VerificationMethod.SasV1];

const newMachine = async (userId: string, deviceId: string): Promise<OlmMachine> => {
  const machine = await OlmMachine.initialize(new UserId(userId), new DeviceId(deviceId));
  onTestFinished(() => machine.close());
  return machine;
};

const deviceKeys = async (machine: OlmMachine): Promise<Json> => {
  const upload = (await machine.outgoingRequests()).find(({ type }) => type === RequestType.KeysUpload);
  return parse(upload?.body ?? '{}')['device_keys'] as Json;
};

/** What the specification signs: keys in order, without blanks. https://spec.matrix.org/v1.16/appendices/#canonical-json */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
};

const bare = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');

/** An identity whose secret keys somebody else than its owner has. */
const forgeIdentity = (userId: string): { readonly master: string; readonly answer: Json } => {
  const make = () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    return { name: bare(publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)), privateKey };
  };
  const [master, selfSigning] = [make(), make()];
  const keyOf = (usage: string, name: string): Json => {
    const key = { user_id: userId, usage: [usage], keys: { [`ed25519:${name}`]: name } };
    const signature = bare(sign(null, Buffer.from(canonical(key)), master.privateKey));
    return { ...key, signatures: { [userId]: { [`ed25519:${master.name}`]: signature } } };
  };
  const answer = { master_keys: { [userId]: keyOf('master', master.name) }, self_signing_keys: { [userId]: keyOf('self_signing', selfSigning.name) } };
  return { master: master.name, answer };
};

/** The public half of an identity as its owner uploads it. */
const ownIdentity = async (machine: OlmMachine, userId: string): Promise<Json> => {
  const requests = await machine.bootstrapCrossSigning(true);
  const keys = parse(requests.uploadSigningKeysRequest.body);
  return { master_keys: { [userId]: keys['master_key'] }, self_signing_keys: { [userId]: keys['self_signing_key'] }, user_signing_keys: { [userId]: keys['user_signing_key'] } };
};

const merge = (...answers: readonly Json[]): Json => {
  const merged: Record<string, Json> = {};
  for (const answer of answers) for (const [part, users] of Object.entries(answer)) merged[part] = { ...merged[part], ...(users as Json) };
  return merged;
};

const learn = async (machine: OlmMachine, answer: Json): Promise<void> => {
  const query = machine.queryKeysForUsers([new UserId(alice), new UserId(bob)]);
  await machine.markRequestAsSent(query.id, RequestType.KeysQuery, JSON.stringify(answer));
};

const carry = async (sender: string, to: OlmMachine, ...requests: readonly (OutgoingVerificationRequest | undefined)[]): Promise<void> => {
  for (const request of requests) {
    if (request === undefined) continue;
    const told = request as unknown as { readonly body: string; readonly event_type: string };
    const messages = parse(told.body)['messages'] as Record<string, Record<string, Json>>;
    const events = Object.values(messages[to.userId.toString()] ?? {}).map((content) => ({ sender, type: told.event_type, content }));
    await to.receiveSyncChanges(JSON.stringify(events), new DeviceLists(), new Map(), new Set());
  }
};

/** What a machine wants to say of itself: answers it owes. */
const owed = async (machine: OlmMachine): Promise<readonly OutgoingVerificationRequest[]> => {
  const requests = (await machine.outgoingRequests()).filter(({ type }) => type === RequestType.ToDevice);
  for (const { id, type } of requests) await machine.markRequestAsSent(id ?? '', type, '{}');
  return requests as unknown as readonly OutgoingVerificationRequest[];
};

/** Both people see the same pictures and say so. @returns what the one who asked then signs of the other's */
const comparePictures = async (asking: OlmMachine, asked: OlmMachine): Promise<Json> => {
  const device = await asking.getDevice(asked.userId, asked.deviceId);
  if (device === undefined) throw new Error('no such device');
  const [ours, request] = device.requestVerification(methods);
  await carry(alice, asked, request as unknown as OutgoingVerificationRequest);
  const theirs = asked.getVerificationRequest(asking.userId, ours.flowId);
  await carry(bob, asking, theirs?.acceptWithMethods(methods));
  const [sas, start] = (await ours.startSas()) ?? [];
  await carry(alice, asked, start);
  const answer = theirs?.getVerification();
  if (sas === undefined || !(answer instanceof Sas)) throw new Error('no pictures');
  await carry(bob, asking, answer.accept());
  await carry(alice, asked, ...(await owed(asking)));
  await carry(bob, asking, ...(await owed(asked)));
  expect(sas.decimals()).toEqual(answer.decimals());
  await carry(alice, asked, ...(await sas.confirm()));
  await carry(bob, asking, ...(await answer.confirm()));
  await carry(alice, asked, ...(await owed(asking)));
  await carry(bob, asking, ...(await owed(asked)));
  expect(sas.isDone()).toBe(true);
  const uploads = (await asking.outgoingRequests()).filter(({ type }) => type === RequestType.SignatureUpload);
  return merge(...uploads.map(({ body }) => parse(body)))[bob] as Json ?? {};
};

describe('comparing pictures with a device', () => {
  it('vouches for the identity that the device has', async () => {
    const [ours, theirs] = [await newMachine(alice, 'ALICE'), await newMachine(bob, 'BOB')];
    const devices = { device_keys: { [alice]: { ALICE: await deviceKeys(ours) }, [bob]: { BOB: await deviceKeys(theirs) } } };
    const answer = merge(devices, await ownIdentity(ours, alice), await ownIdentity(theirs, bob));
    await learn(ours, answer);
    await learn(theirs, answer);
    const [signed, ...others] = Object.values(await comparePictures(ours, theirs));
    expect(others).toEqual([]);
    expect(signed).toMatchObject({ usage: ['master'] });
    await learn(ours, merge(answer, { master_keys: { [bob]: signed } }));
    expect((await ours.getIdentity(new UserId(bob)))?.isVerified()).toBe(true);
  });

  it('does not vouch for an identity of others, whose key the device is named as', async () => {
    const forged = forgeIdentity(bob);
    const [ours, theirs] = [await newMachine(alice, 'ALICE'), await newMachine(bob, forged.master)];
    const devices = { device_keys: { [alice]: { ALICE: await deviceKeys(ours) }, [bob]: { [forged.master]: await deviceKeys(theirs) } } };
    const answer = merge(devices, await ownIdentity(ours, alice), forged.answer);
    await learn(ours, answer);
    await learn(theirs, answer);
    const identity = await ours.getIdentity(new UserId(bob));
    expect(identity?.masterKey).toContain(forged.master);
    expect(await comparePictures(ours, theirs)).toEqual({});
    await learn(ours, answer);
    expect((await ours.getIdentity(new UserId(bob)))?.isVerified()).toBe(false);
  });
});
