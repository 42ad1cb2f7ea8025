import { anyText, flag, secretText, wholeNumber } from '../forms.ts';
import { implemented, meaningless, type Property, refused } from '../property.ts';

const WRITING = 'the property controls how schemas are registered; the function reads alone';
const GENERALIZED = {
  reason: "Confluent's own converter fails for many values with it",
  remedy: 'remove the property',
};
const TRUSTSTORE =
  'the function trusts the public root certificates, `documentdbSink.caBundle` of the stage file, or ssl.truststore.certificates';

/** `schema.registry.` may stand before the names of the client's settings. */
const propertiesOf = (side: 'key' | 'value'): readonly Property[] => {
  const name = (rest: string) => `${side}.converter.${rest}`;
  return [
    implemented(name('schema.registry.url'), {
      form: secretText,
      description: 'Registry converters: URLs of the schema registry, separated by commas. May contain placeholders.',
    }),
    implemented(name('basic.auth.credentials.source'), {
      form: anyText,
      description: 'Registry converters: `USER_INFO` reads `basic.auth.user.info`, `URL` (the default) the URL.',
    }),
    implemented(name('basic.auth.user.info'), {
      form: secretText,
      description: 'Registry converters: `user:password`, best as placeholders.',
    }),
    implemented(name('bearer.auth.*'), {
      form: secretText,
      description:
        'Registry converters: `bearer.auth.token` with `bearer.auth.credentials.source=STATIC_TOKEN`, `bearer.auth.logical.cluster`, `bearer.auth.identity.pool.id`.',
    }),
    ...['ssl.truststore.', 'schema.registry.ssl.truststore.'].flatMap((prefix) => [
      implemented(name(`${prefix}certificates`), {
        form: secretText,
        description: 'Registry converters: trusted certificates in PEM, instead of the public roots.',
      }),
      meaningless(name(`${prefix}*`), TRUSTSTORE, {
        form: secretText,
        description: 'Registry converters: truststore file of the worker.',
      }),
    ]),
    implemented(name('ssl.*'), {
      form: secretText,
      description:
        'Registry converters: client certificate in PEM (`ssl.keystore.certificate.chain`, `ssl.keystore.key`, `ssl.key.password`); `ssl.endpoint.identification.algorithm`.',
    }),
    implemented(name('schema.registry.*'), {
      form: secretText,
      description: 'Registry converters: the settings of the registry client with this prefix.',
    }),
    implemented(name('enhanced.avro.schema.support'), {
      form: flag,
      default: 'false',
      description: 'AvroConverter: whether fields of unions are named with their namespace.',
    }),
    implemented(name('connect.meta.data'), {
      form: flag,
      default: 'true',
      description: 'AvroConverter: whether `connect.parameters` of a schema are read.',
    }),
    implemented(name('flatten.singleton.unions'), {
      form: flag,
      default: 'true',
      description: 'AvroConverter: whether a union of one type is that type.',
    }),
    refused(name('generalized.sum.type.support'), GENERALIZED, {
      form: flag,
      default: 'false',
      description: 'Registry converters: other names for unions and enums.',
    }),
    ...['auto.register.schemas', 'use.latest.version', 'latest.compatibility.strict', 'normalize.schemas'].map((each) =>
      meaningless(name(each), WRITING, { form: flag, description: 'Registry converters: how schemas are registered.' }),
    ),
    ...['key.subject.name.strategy', 'value.subject.name.strategy'].map((each) =>
      meaningless(name(each), 'schemas are looked up by id', {
        form: anyText,
        description: 'Registry converters: names of subjects.',
      }),
    ),
    meaningless(name('max.schemas.per.subject'), 'the function keeps up to 1000 schemas', {
      form: wholeNumber('schemas'),
      default: '1000',
      description: 'Registry converters: size of the schema cache.',
    }),
  ];
};

/** Settings of converters that ask a schema registry. */
export const REGISTRY_PROPERTIES: readonly Property[] = [...propertiesOf('key'), ...propertiesOf('value')];
