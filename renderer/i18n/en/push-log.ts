/** Words for the log of what was pushed. */
export const pushLog = {
  pushLog: {
    save: 'Save the log of pushes',
    about: 'What was written where and when, and from which account: a table without any message.',
    file: 'palomar-pushes',
    head: {
      when: 'Time (UTC)',
      account: 'Account',
      conversation: 'Conversation',
      action: 'What',
      connection: 'Connection',
      kind: 'Kind of record',
      record: 'Record',
      detail: 'Details',
    },
    action: {
      chosen: 'Record chosen',
      created: 'Record created',
      adopted: 'Found as written before',
      filled: 'Empty fields filled',
      changed: 'Field changed',
      written: 'Written',
      withdrawn: 'Taken back',
      skipped: 'Left out',
      converged: 'Led to the record of another device',
      cancelled: 'Cancelled',
      revealed: 'Hidden numbers sent as they are',
      forbidden: 'Put on “never push”',
      allowed: 'Allowed again',
    },
  },
};
