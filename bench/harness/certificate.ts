import { INSTALL_ROOT } from '../../local/engines/engines.ts';
import {
  CERTIFICATE_PACKAGE,
  type CertificateFiles,
  certificateFiles,
  makeCertificate,
} from '../../local/engines/install/certificate.ts';
import { ensureInstalled } from '../../local/engines/install/installation.ts';
import { installPythonPackages } from '../../local/engines/install/python.ts';

/** A certificate for 127.0.0.1, made once. */
export async function serverCertificate(progress: (line: string) => void): Promise<CertificateFiles> {
  const { folder } = await ensureInstalled(
    {
      name: 'bench-certificate',
      inputs: [CERTIFICATE_PACKAGE],
      install: async (draft, run) => {
        progress('Bench: making a certificate with trustme from PyPI (once, about 10 s) ..');
        const python = await installPythonPackages(draft, [CERTIFICATE_PACKAGE], run);
        await makeCertificate(draft, '127.0.0.1', run);
        return python;
      },
    },
    INSTALL_ROOT,
  );
  return certificateFiles(folder);
}
