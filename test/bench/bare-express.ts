import express from 'express';

// A bare Express app, which answers every request with a constant.
const app = express();
app.use((_request, response) => {
  response.send('ok');
});
app.listen(Number(process.env.PORT), '127.0.0.1');
