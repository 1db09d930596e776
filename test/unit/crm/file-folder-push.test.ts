import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionId } from '#rpc';
import { tempFolder } from '../../kit/temp-folder.ts';
import { openPushWorld, pdfBytes, pushedIds } from '../../integration/crm/support/push-world.ts';
import type { PushWorld } from '../../integration/crm/support/push-world.ts';

const open: PushWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.stop();
});

async function folderWorld(): Promise<{ world: PushWorld; target: string; connection: ConnectionId }> {
  const target = tempFolder('target');
  const world = openPushWorld({ profileDir: tempFolder('profile') });
  open.push(world);
  return { world, target, connection: await world.connect('file-folder', { folder: target }) };
}

const conversationJson = (target: string) => {
  const [name = ''] = readdirSync(target);
  return JSON.parse(readFileSync(join(target, name, 'conversation.json'), 'utf8')) as { notes: { text: string }[]; files: { name: string; sha256: string }[] };
};

describe('a push into a folder', () => {
  it('writes what the preview showed, then only what is new', async () => {
    const { world, target, connection } = await folderWorld();
    const conversation = world.addConversation({ name: 'Marta Ruiz' });
    const bytes = pdfBytes(200_000);
    world.addMessage(conversation, { text: 'Buenos días, ¿podéis mejorar el precio? 😀' });
    world.addMessage(conversation, { text: 'Sí <script>alert(1)</script>', isOwn: true });
    world.addMessage(conversation, { text: 'la oferta', file: { name: 'oferta-2026-118.pdf', bytes } });

    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(preview).toMatchObject({ suggestedKey: 'create', newMessageCount: 3, pushedMessageCount: 0, fault: null });
    const done = await world.settled(world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: true }).id);
    expect(done).toMatchObject({ state: 'done', messageCount: 3, fileCount: 1, fault: null });

    const first = conversationJson(target);
    expect(first.notes.map((note) => note.text)).toEqual(preview.parts.map((part) => part.text));
    expect(createHash('sha256').update(first.notes[0]?.text ?? '').digest('hex')).toBe(preview.parts[0]?.bodySha256);
    expect(first.files.map((file) => file.sha256)).toEqual([createHash('sha256').update(bytes).digest('hex')]);
    expect(pushedIds(world, conversation)).toHaveLength(3);

    world.addMessage(conversation, { text: 'Perfecto' });
    const second = await world.crm.pushNow({ conversationId: conversation, connectionId: null });
    expect(second.preview).toBeNull();
    await world.settled(second.push?.id ?? (0 as never));
    const notes = conversationJson(target).notes;
    expect(notes).toHaveLength(2);
    expect(notes[1]?.text).toContain('Perfecto');
    expect(notes[1]?.text).not.toContain('oferta');
    const third = await world.crm.pushNow({ conversationId: conversation, connectionId: null });
    expect(third.push).toBeNull();
    expect(third.preview?.newMessageCount).toBe(0);
  });
});
