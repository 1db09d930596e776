import { onScopeDispose, ref, type Ref } from 'vue';

/** Whether a media query holds, kept fresh. */
export const useMediaQuery = (query: string): Readonly<Ref<boolean>> => {
  const media = window.matchMedia(query);
  const isTrue = ref(media.matches);
  const follow = (event: MediaQueryListEvent): void => {
    isTrue.value = event.matches;
  };
  media.addEventListener('change', follow);
  onScopeDispose(() => media.removeEventListener('change', follow));
  return isTrue;
};
