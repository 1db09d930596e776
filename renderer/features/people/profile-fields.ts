import type { ProfileCard } from '../../rpc/index.ts';

/** A card as a form has it: text in every field, several values one a line. */
export type ProfileFields = { [Field in keyof ProfileCard]: string };

const empty: ProfileFields = {
  fullName: '',
  nickname: '',
  organization: '',
  role: '',
  emails: '',
  phones: '',
  urls: '',
  address: '',
  birthday: '',
  note: '',
};

export const toFields = (card: ProfileCard | null): ProfileFields => {
  if (card === null) return { ...empty };
  const { emails, phones, urls } = card;
  const lines = Object.entries(card).map(([field, value]) => [field, typeof value === 'string' ? value : '']);
  return { ...empty, ...Object.fromEntries(lines), emails: emails.join('\n'), phones: phones.join('\n'), urls: urls.join('\n') };
};

const line = (text: string): string | null => text.trim() || null;
const several = (text: string): string[] => text.split('\n').map((one) => one.trim()).filter(Boolean).slice(0, 20);

export const fromFields = (fields: ProfileFields): ProfileCard => ({
  fullName: line(fields.fullName),
  nickname: line(fields.nickname),
  organization: line(fields.organization),
  role: line(fields.role),
  emails: several(fields.emails),
  phones: several(fields.phones),
  urls: several(fields.urls),
  address: line(fields.address),
  birthday: line(fields.birthday),
  note: line(fields.note),
});
