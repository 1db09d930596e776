import type { ExtensionDefinition } from './extension.ts';
import { displayedSync } from './displayed-sync.ts';
import { roomBookmarks } from './room-bookmarks.ts';
import { roomDetails } from './room-details.ts';
import { roomWatch } from './room-watch.ts';
import { messageFeatures } from './message-features.ts';

/** Every extension that stands on its own, in the order it is asked. */
export const extensions: readonly ExtensionDefinition[] = [roomDetails, roomBookmarks, roomWatch, messageFeatures, displayedSync];
