import type { DialogStep, Form } from '#bridge';
import type { DialogPage, FormRow } from '#rpc';
import { toMediaRow } from './form-media.ts';

/** One step of a dialog, as it crosses to the interface. */
export const toDialogPage = (step: DialogStep): DialogPage => ({
  state: step.state,
  form: step.form === null ? null : toFormRow(step.form),
  notes: [...step.notes],
  actions: [...step.actions],
  link: safeLink(step.link),
  address: step.address ?? null,
  pageCatch: step.pageCatch ?? null,
  isWaiting: step.isWaiting ?? false,
});

const toFormRow = ({ title, instructions, fields, table, isResult }: Form): FormRow => ({
  title,
  instructions,
  fields: fields.map(({ media = [], mediaLinks = [], ...field }) => ({
    ...field,
    media: media.flatMap((one) => toMediaRow(one) ?? []),
    ...(mediaLinks.length === 0 ? {} : { mediaLinks: mediaLinks.flatMap(({ mime, url }) => linkRow(mime, safeLink(url))) }),
  })),
  ...(isResult === true ? { isResult } : {}),
  ...(table === undefined ? {} : { table }),
});

const linkRow = (mime: string, url: string | null): { readonly mime: string; readonly url: string }[] => (url === null ? [] : [{ mime, url }]);

/** Only what a browser opens without a second thought of its own. */
const safeLink = (link: string | undefined): string | null => {
  if (link === undefined || !URL.canParse(link)) return null;
  const { protocol, href } = new URL(link);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
};
