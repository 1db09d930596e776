/** An XML element of the stream: local name, resolved namespace, attributes, children in document order. */
export type XmlNode = XmlElement | string;
export type XmlAttributes = Readonly<Record<string, string | undefined>>;

export class XmlElement {
  readonly name: string;
  /** Null until the element is placed under a parent, whose namespace it then takes. */
  namespace: string | null;
  readonly attributes: Record<string, string>;
  readonly children: XmlNode[] = [];

  constructor(name: string, namespace: string | null, attributes: Record<string, string>) {
    this.name = name;
    this.namespace = namespace;
    this.attributes = attributes;
  }

  attribute(name: string): string | undefined {
    return this.attributes[name];
  }

  /** Adds a child; children built without a namespace inherit this one's. */
  append(child: XmlNode): void {
    this.children.push(child);
    if (typeof child !== 'string' && child.namespace === null && this.namespace !== null) {
      child.inherit(this.namespace);
    }
  }

  private inherit(namespace: string): void {
    this.namespace = namespace;
    for (const child of this.children) {
      if (typeof child !== 'string' && child.namespace === null) child.inherit(namespace);
    }
  }

  is(name: string, namespace: string): boolean {
    return this.name === name && this.namespace === namespace;
  }

  /** The first child element of this name; in the parent's namespace unless another is given. */
  child(name: string, namespace: string | null = this.namespace): XmlElement | undefined {
    for (const child of this.children) {
      if (typeof child !== 'string' && child.name === name && child.namespace === namespace) return child;
    }
    return undefined;
  }

  childrenNamed(name: string, namespace: string | null = this.namespace): XmlElement[] {
    const named: XmlElement[] = [];
    for (const child of this.children) {
      if (typeof child !== 'string' && child.name === name && child.namespace === namespace) named.push(child);
    }
    return named;
  }

  /** The first child element in this namespace, whatever its name. */
  childIn(namespace: string): XmlElement | undefined {
    for (const child of this.children) {
      if (typeof child !== 'string' && child.namespace === namespace) return child;
    }
    return undefined;
  }

  elements(): XmlElement[] {
    return this.children.filter((child) => typeof child !== 'string');
  }

  text(): string {
    let text = '';
    for (const child of this.children) {
      if (typeof child === 'string') text += child;
    }
    return text;
  }

  childText(name: string, namespace: string | null = this.namespace): string | undefined {
    return this.child(name, namespace)?.text();
  }
}

/**
 * Builds an element: `element('body', {}, 'hi')`. `xmlns` among the attributes sets the namespace, otherwise the
 * parent's is inherited. Undefined attributes and falsy children are left out.
 */
export function element(
  name: string,
  attributes: XmlAttributes = {},
  ...children: readonly (XmlNode | null | undefined | false)[]
): XmlElement {
  const kept = Object.create(null) as Record<string, string>;
  let namespace: string | null = null;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (key === 'xmlns') namespace = value;
    else kept[key] = value;
  }
  const built = new XmlElement(name, namespace, kept);
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) built.append(child);
  }
  return built;
}
