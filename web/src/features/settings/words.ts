/** What each of the broker's settings means. */

import english from "../../api/settings.json";
import { defineTexts } from "../../i18n/texts";

export const meaningTexts = defineTexts(english, {
  de: {
    "server.host": "Adresse, an der gehorcht wird.",
    "server.port": "Der eine HTTPS-Port; 0: irgendeiner.",
    "server.names": "Namen im eigenen Zertifikat des Brokers.",
    "server.public_url": "Worüber Agenten und Personen den Broker erreichen.",
    "server.certificate":
      "PEM-Kette, eigenes Zertifikat zuerst; fehlt sie, wird eines der eigenen Zertifizierungsstelle gemacht.",
    "server.key": "Der private Schlüssel des Zertifikats (PEM).",
    "server.local_http_port": "Seiten und API auch unverschlüsselt auf localhost; 0: irgendein Port.",
    "server.shutdown_seconds": "Geduld am Ende mit Sitzungen und mit Anfragen.",
    "server.banner": "Wird allen vor der Anmeldung gezeigt und muss angenommen werden.",
    "database.url": "postgresql+asyncpg://user:password@host/database",
    "database.pool_size": "So viele Verbindungen bleiben offen.",
    "database.migrate_on_start": "Bringt die Tabellen beim Start auf diesen Stand.",
    "storage.data": "Schlüssel, Datenbank, Aufzeichnungen.",
    "storage.recordings": "Fehlt es, ist es „recordings“ im Datenordner.",
    "storage.min_free_mb": "Platz, den eine neue Aufzeichnung braucht.",
    "limits.handshake_seconds": "Zeit für den TLS-Handshake.",
    "limits.head_seconds": "Zeit für den Kopf der ersten Anfrage.",
    "limits.max_connections": "Offene Verbindungen insgesamt.",
    "limits.max_connections_per_address": "Offene Verbindungen von einer Adresse.",
    "limits.sessions_per_user": "Offene Sitzungen einer Person.",
    "limits.sessions_per_asset": "Offene Sitzungen auf einem Gerät.",
    "limits.sessions_per_agent": "Offene Sitzungen über einen Agenten.",
    "limits.streams_per_agent": "Offene Ströme über einen Agenten.",
    "sessions.dial_seconds": "So lange wartet ein Strom darauf, dass der Agent ihn bringt.",
    "sessions.linger_seconds": "So lange lebt eine Sitzung ohne Ströme und ohne Programm der Person.",
    "sessions.ask_seconds": "So lange wartet eine Frage an die Anlage auf Antwort.",
    "sessions.heartbeat_seconds": "Wie oft Agenten ein Lebenszeichen geben.",
    "identity.access_token_seconds": "Lebensdauer eines Zugangstokens.",
    "identity.refresh_token_days": "So lange lebt eine Anmeldung höchstens.",
    "identity.browser_idle_minutes": "So lange darf die Anmeldung eines Browsers ungenutzt liegen.",
    "identity.argon2_memory_kib": "Aufwand einer Passwortprüfung: Speicher.",
    "identity.argon2_time": "Aufwand einer Passwortprüfung: Durchgänge.",
    "identity.argon2_lanes": "Aufwand einer Passwortprüfung: Bahnen.",
    "metrics.host": "Loopback-Adresse für die Metriken.",
    "metrics.port": "Port für die Metriken; 0: aus.",
    "log.level": "Das Geringste, was protokolliert wird.",
    "log.format": "Wie Protokollzeilen geschrieben werden.",
    master_key: "Base64 von 32 Bytes; fehlt er, wird er im Datenordner gelesen.",
    previous_master_key: "Nur während eines Schlüsselwechsels.",
  },
});
