import { Controller, Get, Header } from '@nestjs/common';

const PAGE = `<!doctype html>
<title>Prices</title>
<pre></pre>
<script>
  const pre = document.querySelector('pre');
  const print = (line) => (pre.textContent = line + '\\n' + pre.textContent);
  const prices = new EventSource('/prices');
  prices.onopen = () => print('connected');
  prices.onmessage = ({ data }) => print(data);
  prices.onerror = () => print('ended, comes back by itself');
</script>
`;

@Controller()
export class PageController {
  @Get()
  @Header('Content-Type', 'text/html')
  show(): string {
    return PAGE;
  }
}
