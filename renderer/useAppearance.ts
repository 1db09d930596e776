import { computed, watch } from 'vue';
import type { createMessages } from './i18n/i18n.ts';
import { switchLocale, systemLocale } from './i18n/i18n.ts';
import type { Session } from './rpc/index.ts';
import { useMediaQuery } from './ui/useMediaQuery.ts';

/** Puts the chosen theme and language on the page; "as the system" follows it while it changes. */
export const useAppearance = (session: Session, i18n: ReturnType<typeof createMessages>): void => {
  const isDark = useMediaQuery('(prefers-color-scheme: dark)');
  const wantsContrast = useMediaQuery('(prefers-contrast: more)');
  const theme = computed(() => {
    const wish = session.settings.theme;
    if (wish !== 'system') return wish;
    if (wantsContrast.value) return 'contrast';
    return isDark.value ? 'dark' : 'light';
  });
  watch(theme, (now) => (document.documentElement.dataset['theme'] = now), { immediate: true });
  watch(
    () => session.settings.locale,
    (wish) => void switchLocale(i18n, wish === 'system' ? systemLocale() : wish),
    { immediate: true },
  );
};
