//! A small SMTP server: takes letters, or says what it is told to say.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A running server.
#[derive(Clone)]
pub struct Server {
    pub address: SocketAddr,
    letters: Arc<Mutex<Vec<Letter>>>,
    answer: Arc<Mutex<&'static str>>,
}

/// A letter as it arrived.
#[derive(Clone, Debug)]
pub struct Letter {
    pub from: String,
    pub to: String,
    /// Headers and body.
    pub data: String,
}

impl Server {
    /// Listens on a free port of 127.0.0.1 until the test ends.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let server =
            Self { address, letters: Arc::default(), answer: Arc::new(Mutex::new("250 OK")) };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.talk(stream).await });
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What is said to `RCPT TO` from now on.
    pub fn answer_with(&self, answer: &'static str) {
        *self.answer.lock().expect("no test panicked") = answer;
    }

    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().expect("no test panicked").clone()
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        let mut letter = Letter { from: String::new(), to: String::new(), data: String::new() };
        writer.write_all(b"220 test ESMTP\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let answer = match verb.as_str() {
                "EHLO" => "250-test\r\n250 8BITMIME",
                "MAIL" => {
                    letter.from = address(&line);
                    "250 OK"
                }
                "RCPT" => {
                    letter.to = address(&line);
                    *self.answer.lock().expect("no test panicked")
                }
                "DATA" => {
                    writer.write_all(b"354 go on\r\n").await.ok()?;
                    while let Some(line) = lines.next_line().await.ok()?.filter(|it| it != ".") {
                        letter.data.push_str(&line);
                        letter.data.push('\n');
                    }
                    self.letters.lock().expect("no test panicked").push(letter.clone());
                    letter.data.clear();
                    "250 taken"
                }
                "QUIT" => "221 bye",
                _ => "250 OK",
            };
            writer.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
        Some(())
    }
}

fn address(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}
