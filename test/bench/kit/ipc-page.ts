/** The other end of P10's port: makes rows of what comes, as the page does, and answers. */
import { workerData, type MessagePort } from 'node:worker_threads';
import { fromMessageColumns, type Columns, type MessageRow } from '#rpc';

const port = workerData as MessagePort;
port.on('message', (value: Columns<MessageRow> | readonly MessageRow[] | null) => {
  const rows = value === null ? [] : 'columns' in value ? fromMessageColumns(value) : value;
  port.postMessage(rows.length);
});
