/** What a person and their browser do on the pages of the auth server. */
export interface Visitor {
  readonly user: string;
  readonly password: string;
  readonly decision?: 'allow' | 'deny';
}

/** Signs in on the page behind `link` and is sent back. @returns what the last page answered */
export async function visitAuthPage(link: string, visitor: Visitor): Promise<Response> {
  return await fetch(await decideOnAuthPage(link, visitor));
}

/** The same, but the browser does not go back: where it would be sent. */
export async function decideOnAuthPage(link: string, { user, password, decision = 'allow' }: Visitor): Promise<string> {
  const page = await fetch(link, { redirect: 'manual' });
  const sentBack = page.headers.get('location');
  if (sentBack !== null) return sentBack;
  const grant = /name="grant" type="hidden" value="([^"]+)"/u.exec(await page.text())?.[1] ?? '';
  const body = new URLSearchParams({ grant, user, password, decision });
  const answer = await fetch(new URL('/decide', link), { method: 'POST', body, redirect: 'manual' });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`the page did not send back: ${answer.status} ${await answer.text()}`);
  return location;
}
