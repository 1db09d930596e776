import { createI18n, type I18n } from 'vue-i18n';
import en from './en/index.ts';

export type Locale = 'en' | 'es' | 'et';
export type Messages = typeof en;

/** Each language names itself. */
export const languages: readonly { readonly locale: Locale; readonly name: string }[] = [
  { locale: 'en', name: 'English' },
  { locale: 'es', name: 'Español' },
  { locale: 'et', name: 'Eesti' },
];

const loaders: Readonly<Record<Locale, () => Promise<{ default: unknown }>>> = {
  en: () => Promise.resolve({ default: en }),
  es: () => import('./es/index.ts'),
  et: () => import('./et/index.ts'),
};

/** The best of our languages for what the system prefers. */
export const systemLocale = (preferred: readonly string[] = navigator.languages): Locale => {
  for (const tag of preferred) {
    const known = languages.find(({ locale }) => tag.toLowerCase().split('-')[0] === locale);
    if (known) return known.locale;
  }
  return 'en';
};

export const createMessages = () =>
  createI18n({
    legacy: false,
    locale: 'en',
    fallbackLocale: 'en',
    messages: { en } as Record<string, Messages>,
    missingWarn: false,
    fallbackWarn: false,
  });

/** Loads a language when it is first needed, then switches to it. */
export const switchLocale = async (i18n: ReturnType<typeof createMessages>, locale: Locale): Promise<void> => {
  const { global } = i18n as unknown as I18n<Record<string, Messages>, Record<string, never>, Record<string, never>, string, false>;
  if (!global.availableLocales.includes(locale)) {
    const { default: messages } = await loaders[locale]();
    global.setLocaleMessage(locale, messages as Messages);
  }
  global.locale.value = locale;
  document.documentElement.lang = locale;
};
