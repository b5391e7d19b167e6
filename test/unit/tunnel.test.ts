import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ngrokTunnel } from '../../src/http/tunnel.js';

const ngrok = vi.hoisted(() => ({ loads: 0, forward: vi.fn() }));
vi.mock('@ngrok/ngrok', () => {
  ngrok.loads += 1;
  return { forward: ngrok.forward };
});

const OPTIONS = { authtoken: 'authtoken', domain: undefined, host: '0.0.0.0' };

beforeEach(() => void ngrok.forward.mockReset());

describe('the tunnel', () => {
  it('loads ngrok only when it is opened', async () => {
    const open = ngrokTunnel(OPTIONS);
    expect(ngrok.loads).toBe(0);
    ngrok.forward.mockResolvedValue({ url: () => 'https://example.ngrok.app', close: async () => {} });
    await open(3000);
    expect(ngrok.loads).toBe(1);
  });

  it('forwards to the port, from the domain if one is set', async () => {
    const close = vi.fn();
    ngrok.forward.mockResolvedValue({ url: () => 'https://example.ngrok.app', close });
    const tunnel = await ngrokTunnel({ ...OPTIONS, domain: 'example.ngrok.app' })(3000);
    expect(ngrok.forward).toHaveBeenCalledWith({ addr: 3000, authtoken: 'authtoken', domain: 'example.ngrok.app' });
    expect(tunnel.url).toBe('https://example.ngrok.app');
    await tunnel.close();
    expect(close).toHaveBeenCalledOnce();
    await ngrokTunnel(OPTIONS)(3000);
    expect(ngrok.forward).toHaveBeenLastCalledWith({ addr: 3000, authtoken: 'authtoken' });
  });

  it('forwards to the address that the service listens on if that is not every address', async () => {
    ngrok.forward.mockResolvedValue({ url: () => 'https://example.ngrok.app', close: vi.fn() });
    await ngrokTunnel({ ...OPTIONS, host: '192.0.2.1' })(3000);
    expect(ngrok.forward).toHaveBeenLastCalledWith({ addr: '192.0.2.1:3000', authtoken: 'authtoken' });
    await ngrokTunnel({ ...OPTIONS, host: '::1' })(3000);
    expect(ngrok.forward).toHaveBeenLastCalledWith({ addr: '[::1]:3000', authtoken: 'authtoken' });
  });

  it('fails with the reason in one line, without the authtoken', async () => {
    ngrok.forward.mockRejectedValue(new Error('failed to connect session:\n  authtoken secret-token is not valid'));
    await expect(ngrokTunnel({ ...OPTIONS, authtoken: 'secret-token' })(3000)).rejects.toThrow(
      /^The ngrok tunnel could not be opened: failed to connect session: authtoken \[NGROK_AUTHTOKEN\] is not valid$/,
    );
  });

  it('fails if ngrok gives no URL', async () => {
    ngrok.forward.mockResolvedValue({ url: () => null, close: async () => {} });
    await expect(ngrokTunnel(OPTIONS)(3000)).rejects.toThrow(/gave no URL/);
  });
});
