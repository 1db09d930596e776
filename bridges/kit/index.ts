export * from './backoff.ts';
export { drawQr } from './qr-picture.ts';
