import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { contentSecurityPolicy } from '#rpc';

/** On every answer, whatever it is. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Permissions-Policy': 'camera=(), microphone=(self), geolocation=(), usb=(), serial=(), hid=()',
  'Cache-Control': 'no-store',
};

export const respond = (response: ServerResponse, status: number, headers: OutgoingHttpHeaders, body = ''): void => {
  response.writeHead(status, { ...commonHeaders, 'Content-Length': Buffer.byteLength(body), ...headers });
  response.end(body);
};

export const respondText = (response: ServerResponse, status: number, text: string): void =>
  respond(response, status, { 'Content-Type': 'text/plain; charset=utf-8' }, `${text}\n`);

export const respondJson = (response: ServerResponse, status: number, value: unknown): void =>
  respond(response, status, { 'Content-Type': 'application/json; charset=utf-8' }, JSON.stringify(value));
