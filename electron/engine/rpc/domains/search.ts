import type { WritableDb } from '../../store/database.ts';
import { searchMessages } from '../../store/search/search-messages.ts';
import type { DomainHandlers } from '../handlers.ts';

export const createSearchHandlers = (db: WritableDb): DomainHandlers<'search'> => ({
  'search.messages': (input) => searchMessages(db, input),
});
