import { deflateSync, crc32 } from 'node:zlib';
import type { RemoteAttachment } from '#model';

/** A page of text as a minimal, valid PDF (ISO 32000-1, 7.5). */
const pdf = (lines: readonly string[]): Buffer => {
  const text = lines.map((line, index) => `BT /F1 14 Tf 60 ${760 - index * 24} Td (${line}) Tj ET`).join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = body.length;
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  body += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  body += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(body, 'latin1');
};

const chunk = (type: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length, 0);
  head.write(type, 4, 'latin1');
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), data])), 0);
  return Buffer.concat([head, data, check]);
};

/** A striped label as a PNG (W3C PNG, colour type 2). */
const png = (widthPx: number, heightPx: number): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(heightPx * (1 + widthPx * 3));
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const isFrame = x < 12 || y < 12 || x >= widthPx - 12 || y >= heightPx - 12;
      const isStripe = Math.floor((x + y) / 40) % 2 === 0;
      rows.set(isFrame ? [13, 122, 111] : isStripe ? [246, 243, 238] : [223, 241, 238], y * (1 + widthPx * 3) + 1 + x * 3);
    }
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};

export type DemoFileName = 'offer' | 'order' | 'photo';

interface DemoFile {
  readonly attachment: Omit<RemoteAttachment, 'sizeBytes'>;
  readonly bytes: () => Buffer;
}

const files: Readonly<Record<DemoFileName, DemoFile>> = {
  offer: {
    attachment: { remoteId: 'offer', source: 'offer', name: 'oferta-2026-118.pdf', mime: 'application/pdf' },
    bytes: () => pdf(['Oferta 2026-118', '40 x bomba B12', '112,00 EUR / unidad', 'Entrega: 10 dias']),
  },
  order: {
    attachment: { remoteId: 'order', source: 'order', name: 'pedido-noviembre.csv', mime: 'text/csv' },
    bytes: () => Buffer.from('referencia;cantidad;precio\nJ-40;120;1,35\nB12;4;112,00\nT-08;60;0,80\n'),
  },
  photo: {
    attachment: {
      remoteId: 'photo',
      source: 'photo',
      name: 'pump-label.png',
      mime: 'image/png',
      widthPx: 480,
      heightPx: 320,
    },
    bytes: () => png(480, 320),
  },
};

export const isDemoFileName = (name: string): name is DemoFileName => Object.hasOwn(files, name);

export const demoAttachment = (name: DemoFileName): RemoteAttachment => ({
  ...files[name].attachment,
  sizeBytes: files[name].bytes().length,
});

export const demoFileBytes = (name: DemoFileName): Buffer => files[name].bytes();
