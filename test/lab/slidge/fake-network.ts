/** Whose doing it is: the account (a bare JID) in whose world it happens, and where. */
interface InChat {
  /** Bare JID of the XMPP account. */
  user: string;
  /** A person (`juliet`) or a group (`#g1`). */
  chat: string;
  /** Who does it; the person of the chat unless told. `me`: we ourselves, on our phone. */
  by?: string;
}

/** What a test can make happen in the network behind the slidge of the lab. Ids are those of the network. */
export interface FakeNetwork {
  /** The phone has read the code, or with `refusal` has said no. */
  scan(user: string, options?: { refusal?: string }): Promise<void>;
  write(what: InChat & { text: string; id?: string; reply?: { id: string; text?: string } }): Promise<string>;
  edit(what: InChat & { id: string; text: string }): Promise<void>;
  react(what: InChat & { id: string; emojis: readonly string[] }): Promise<void>;
  retract(what: InChat & { id: string }): Promise<void>;
  /** A message of ours has reached the other phone. */
  receive(what: InChat & { id: string }): Promise<void>;
  read(what: InChat & { id: string }): Promise<void>;
  typing(what: InChat & { state?: 'composing' | 'paused' | 'active' }): Promise<void>;
  sendFile(what: InChat & { path: string; text?: string }): Promise<string>;
  befriend(user: string, contact: string): Promise<void>;
  presence(user: string, contact: string, show: 'online' | 'away' | 'busy' | 'offline', status?: string): Promise<void>;
  addGroup(user: string, group: string): Promise<void>;
  enter(user: string, group: string, contact: string): Promise<void>;
  leave(user: string, group: string, contact: string): Promise<void>;
  setSubject(user: string, group: string, subject: string): Promise<void>;
  /** What the gateway says of itself in its presence. */
  gatewayStatus(user: string, text: string, show?: 'chat' | 'dnd' | 'away' | 'xa'): Promise<void>;
  /** The gateway hands over a contact list: pairs of address and name (XEP-0144). */
  offer(user: string, contacts: readonly (readonly [jid: string, name: string])[]): Promise<void>;
  /** The person removed this device on the phone. */
  logOut(user: string): Promise<void>;
}

export function fakeNetwork(url: string): FakeNetwork {
  const call = async (verb: string, facts: object): Promise<unknown> => {
    const answer = await fetch(`${url}/${verb}`, { method: 'POST', body: JSON.stringify(facts) });
    if (!answer.ok) throw new Error(`the fake network could not ${verb}: ${await answer.text()}`);
    return answer.json();
  };
  const run = async (verb: string, facts: object): Promise<void> => void (await call(verb, facts));
  return {
    scan: (user, options = {}) => run('scan', { user, ...options }),
    write: async (what) => String(await call('write', what)),
    edit: (what) => run('edit', what),
    react: (what) => run('react', what),
    retract: (what) => run('retract', what),
    receive: (what) => run('receive', what),
    read: (what) => run('read', what),
    typing: (what) => run('typing', what),
    sendFile: async (what) => String(await call('send_file', what)),
    befriend: (user, contact) => run('befriend', { user, contact }),
    presence: (user, contact, show, status) => run('presence', { user, contact, show, ...(status ? { status } : {}) }),
    addGroup: (user, group) => run('add_group', { user, group }),
    enter: (user, group, contact) => run('enter', { user, group, contact }),
    leave: (user, group, contact) => run('leave', { user, group, contact }),
    setSubject: (user, group, subject) => run('subject', { user, group, subject }),
    gatewayStatus: (user, text, show = 'chat') => run('gateway_status', { user, text, show }),
    offer: (user, contacts) => run('offer', { user, contacts }),
    logOut: (user) => run('log_out', { user }),
  };
}
