"""Sentences by language: with slots for entities, and clean ones with slots for look-alikes.

Each language: `say` has entities, `clean` has none, `words` are the labels people put before a field:
phone, mobile, e-mail, card, order, invoice, customer number, date, price, version, website.
"""

SAY, CLEAN, WORDS = {}, {}, {}


def language(code, words, say, clean):
    WORDS[code] = dict(
        zip(
            ("phone", "mobile", "email", "card", "order", "invoice", "customer", "date", "price", "version", "web"),
            words.split("|"),
        )
    )
    SAY[code] = [line.strip() for line in say.strip().splitlines()]
    CLEAN[code] = [line.strip() for line in clean.strip().splitlines()]


language(
    "en",
    "Phone|Mobile|Email|Card|Order|Invoice|Customer no.|Date|Price|Version|Website",
    """
    Hi, this is {name}, please call me back on {phone} before {date}.
    You can reach {name} at {email} or {phone}.
    My card {card} was charged twice for order {order}, can you refund {price}?
    I lost my wallet in {city}, please block {card} right away.
    Send the contract to {email} and put {email} in copy.
    Text {phone} when the driver is outside, gate code is {small}.
    Our office number has changed from {phone} to {phone}.
    {name} ({phone}) asked about invoice {invoice}.
    See {url} for details, or write to {email}.
    I tried paying with {card} at {url} but got error {small}.
    Is {phone} still your number? It rang out yesterday at {clock}.
    {phone} keeps calling me about my order {order}.
    Please update my e-mail from {email} to {email}, customer number {account}.
    """,
    """
    Order {order} was shipped on {date}, tracking {tracking}.
    Your invoice {invoice} over {price} is due on {date}.
    We upgraded from version {version} to {version} last night at {time}.
    The meter reading on {date} was {measure}, account {account}.
    The server {ip} was unreachable, see ticket {order}.
    ISBN {isbn}, {price}, {small} copies left in stock.
    The sensor at {coordinates} reported {measure}.
    Please quote reference {order} and your customer number {account}.
    Transfer {price} to {iban}, purpose {invoice}.
    Born {date}, social security number {ssn}.
    The case {invoice} was closed, {range} is out of date.
    """,
)
language(
    "de",
    "Telefon|Mobil|E-Mail|Kartennummer|Bestellung|Rechnung|Kundennummer|Datum|Preis|Version|Webseite",
    """
    Guten Tag, hier ist {name}, bitte rufen Sie mich unter {phone} zurück.
    Sie erreichen mich per Mail an {email} oder telefonisch unter {phone}.
    Meine Karte {card} wurde für die Bestellung {order} doppelt belastet.
    Bitte sperren Sie die Kreditkarte {card}, ich habe sie in {city} verloren.
    Schicken Sie die Rechnung {invoice} bitte an {email}.
    {name} hat unter {phone} angerufen, es ging um {price}.
    Alte Nummer {phone}, neue Nummer {phone}, gültig ab {date}.
    Näheres auf {url}, Fragen an {email}.
    Handy {phone}, Büro {phone}, Kundennummer {account}.
    """,
    """
    Die Bestellung {order} wurde am {date} versandt, Sendungsnummer {tracking}.
    Rechnung Nr. {invoice} über {price} ist bis {date} zu zahlen.
    Update von Version {version} auf {version} um {clock} Uhr.
    Zählerstand am {date}: {measure}, Vertragskonto {account}.
    Bitte überweisen Sie {price} auf {iban}, Verwendungszweck {invoice}.
    Artikelnummer {ean}, {price}, noch {small} Stück.
    Aktenzeichen {invoice}, Steuernummer {account}.
    """,
)
language(
    "fr",
    "Téléphone|Portable|Courriel|Carte|Commande|Facture|Numéro client|Date|Prix|Version|Site",
    """
    Bonjour, ici {name}, rappelez-moi au {phone} avant le {date}.
    Vous pouvez me joindre au {phone} ou par mail à {email}.
    Ma carte {card} a été débitée deux fois pour la commande {order}.
    J'ai perdu ma carte bancaire {card} à {city}, merci de la bloquer.
    Envoyez la facture {invoice} à {email} s'il vous plaît.
    Plus d'informations sur {url} ou au {phone}.
    {name}, tél. {phone}, client {account}.
    """,
    """
    La commande {order} a été expédiée le {date}, numéro de suivi {tracking}.
    La facture {invoice} de {price} est à régler avant le {date}.
    Mise à jour de la version {version} vers {version} à {clock}.
    Relevé du compteur du {date} : {measure}, contrat n° {account}.
    Virement de {price} sur {iban}, référence {invoice}.
    Dossier {invoice}, numéro de sécurité sociale 1 85 05 78 006 084 36.
    """,
)
language(
    "es",
    "Teléfono|Móvil|Correo|Tarjeta|Pedido|Factura|Nº de cliente|Fecha|Precio|Versión|Web",
    """
    Hola, soy {name}, llámame al {phone} antes del {date}.
    Puede escribirme a {email} o llamar al {phone}.
    Me han cobrado dos veces en la tarjeta {card} por el pedido {order}.
    He perdido mi tarjeta {card} en {city}, por favor bloquéenla.
    Envíe la factura {invoice} a {email}, gracias.
    Más información en {url} o por WhatsApp {phone}.
    """,
    """
    El pedido {order} se envió el {date}, número de seguimiento {tracking}.
    La factura {invoice} por {price} vence el {date}.
    Actualizamos de la versión {version} a la {version} a las {clock}.
    Lectura del contador del {date}: {measure}, contrato {account}.
    Transferencia de {price} a {iban}, concepto {invoice}.
    Referencia {order}, expediente {invoice}.
    """,
)
language(
    "it",
    "Telefono|Cellulare|E-mail|Carta|Ordine|Fattura|Codice cliente|Data|Prezzo|Versione|Sito",
    """
    Buongiorno, sono {name}, mi richiami al {phone} entro il {date}.
    Potete scrivermi a {email} oppure chiamare il {phone}.
    La mia carta {card} è stata addebitata due volte per l'ordine {order}.
    Ho perso la carta di credito {card} a {city}, bloccatela per favore.
    Mandate la fattura {invoice} a {email}.
    Trovate tutto su {url}, cell. {phone}.
    """,
    """
    L'ordine {order} è stato spedito il {date}, codice di tracciamento {tracking}.
    La fattura n. {invoice} di {price} scade il {date}.
    Aggiornamento dalla versione {version} alla {version} alle {clock}.
    Lettura del contatore del {date}: {measure}, contratto {account}.
    Bonifico di {price} su {iban}, causale {invoice}.
    Pratica {invoice}, P.IVA {account}.
    """,
)
language(
    "pt",
    "Telefone|Celular|E-mail|Cartão|Pedido|Fatura|Nº de cliente|Data|Preço|Versão|Site",
    """
    Olá, aqui é {name}, me ligue no {phone} até {date}.
    Pode responder para {email} ou ligar para {phone}.
    O meu cartão {card} foi cobrado duas vezes no pedido {order}.
    Perdi o cartão {card} em {city}, por favor bloqueiem.
    Enviem a fatura {invoice} para {email}, obrigado.
    Saiba mais em {url} ou pelo WhatsApp {phone}.
    """,
    """
    O pedido {order} foi enviado em {date}, código de rastreio {tracking}.
    A fatura {invoice} no valor de {price} vence em {date}.
    Atualização da versão {version} para {version} às {clock}.
    Leitura do contador em {date}: {measure}, contrato {account}.
    CPF 123.456.789-09, protocolo {order}.
    Transferência de {price} para {iban}, referência {invoice}.
    """,
)
language(
    "nl",
    "Telefoon|Mobiel|E-mail|Kaartnummer|Bestelling|Factuur|Klantnummer|Datum|Prijs|Versie|Website",
    """
    Goedemiddag, met {name}, wilt u mij terugbellen op {phone}?
    Ik ben bereikbaar via {email} of op {phone}.
    Mijn kaart {card} is twee keer belast voor bestelling {order}.
    Ik ben mijn creditcard {card} kwijt in {city}, graag blokkeren.
    Stuur factuur {invoice} naar {email}.
    Kijk op {url} of bel {phone}.
    """,
    """
    Bestelling {order} is op {date} verzonden, trackingnummer {tracking}.
    Factuur {invoice} van {price} moet voor {date} betaald zijn.
    Bijgewerkt van versie {version} naar {version} om {clock}.
    Meterstand op {date}: {measure}, contractnummer {account}.
    Maak {price} over naar {iban} o.v.v. {invoice}.
    """,
)
language(
    "pl",
    "Telefon|Komórka|E-mail|Karta|Zamówienie|Faktura|Nr klienta|Data|Cena|Wersja|Strona",
    """
    Dzień dobry, mówi {name}, proszę oddzwonić pod numer {phone}.
    Proszę o kontakt: {email} albo tel. {phone}.
    Moja karta {card} została obciążona dwa razy za zamówienie {order}.
    Zgubiłem kartę {card} w mieście {city}, proszę ją zablokować.
    Fakturę {invoice} proszę wysłać na {email}.
    Więcej na {url}, kom. {phone}.
    """,
    """
    Zamówienie {order} wysłano {date}, numer przesyłki {tracking}.
    Faktura {invoice} na kwotę {price} jest płatna do {date}.
    Aktualizacja z wersji {version} do {version} o {clock}.
    Stan licznika z {date}: {measure}, umowa {account}.
    NIP 525-21-34-567, PESEL 85050712345, REGON 123456785.
    Przelew {price} na konto {iban}, tytuł {invoice}.
    """,
)
language(
    "cs",
    "Telefon|Mobil|E-mail|Karta|Objednávka|Faktura|Zákaznické číslo|Datum|Cena|Verze|Web",
    """
    Dobrý den, tady {name}, zavolejte mi prosím na {phone}.
    Napište na {email} nebo volejte {phone}.
    Z karty {card} byla objednávka {order} stržena dvakrát.
    Ztratil jsem kartu {card} v {city}, zablokujte ji prosím.
    Fakturu {invoice} pošlete na {email}.
    Více na {url}, mobil {phone}.
    """,
    """
    Objednávka {order} byla odeslána {date}, číslo zásilky {tracking}.
    Faktura {invoice} na částku {price} je splatná {date}.
    Aktualizace z verze {version} na {version} v {clock}.
    Stav měřidla k {date}: {measure}, smlouva {account}.
    IČO 27082440, rodné číslo 850507/1234, variabilní symbol {account}.
    """,
)
language(
    "sk",
    "Telefón|Mobil|E-mail|Karta|Objednávka|Faktúra|Zákaznícke číslo|Dátum|Cena|Verzia|Web",
    """
    Dobrý deň, tu {name}, zavolajte mi na {phone}.
    Napíšte na {email} alebo volajte {phone}.
    Stratil som kartu {card}, prosím zablokujte ju.
    """,
    """
    Objednávka {order} bola odoslaná {date}, číslo zásielky {tracking}.
    Faktúra {invoice} na sumu {price} je splatná {date}.
    """,
)
language(
    "sv",
    "Telefon|Mobil|E-post|Kort|Order|Faktura|Kundnummer|Datum|Pris|Version|Webbplats",
    """
    Hej, det är {name}, ring mig på {phone} före {date}.
    Du når mig på {email} eller {phone}.
    Mitt kort {card} har debiterats två gånger för order {order}.
    Jag har tappat kortet {card} i {city}, spärra det tack.
    Skicka fakturan {invoice} till {email}.
    Läs mer på {url} eller ring {phone}.
    """,
    """
    Order {order} skickades {date}, kollinummer {tracking}.
    Faktura {invoice} på {price} förfaller {date}.
    Uppdaterade från version {version} till {version} kl. {clock}.
    Mätarställning {date}: {measure}, avtal {account}.
    Personnummer 850507-1234, organisationsnummer 556703-7485, bankgiro 5050-1055.
    """,
)
language(
    "no",
    "Telefon|Mobil|E-post|Kort|Ordre|Faktura|Kundenummer|Dato|Pris|Versjon|Nettside",
    """
    Hei, dette er {name}, ring meg på {phone} før {date}.
    Du kan nå meg på {email} eller tlf. {phone}.
    Kortet mitt {card} ble belastet to ganger for ordre {order}.
    Jeg har mistet kortet {card} i {city}, vennligst sperr det.
    Send faktura {invoice} til {email}.
    """,
    """
    Ordre {order} ble sendt {date}, sporingsnummer {tracking}.
    Faktura {invoice} på {price} forfaller {date}.
    Oppdatert fra versjon {version} til {version} kl. {clock}.
    Målerstand {date}: {measure}, avtale {account}.
    Fødselsnummer 070585 12345, kontonummer 1234.56.78903.
    """,
)
language(
    "da",
    "Telefon|Mobil|E-mail|Kort|Ordre|Faktura|Kundenummer|Dato|Pris|Version|Hjemmeside",
    """
    Hej, det er {name}, ring til mig på {phone} inden {date}.
    Du kan få fat i mig på {email} eller {phone}.
    Mit kort {card} er trukket to gange for ordre {order}.
    Jeg har mistet kortet {card} i {city}, spær det venligst.
    Send fakturaen {invoice} til {email}.
    """,
    """
    Ordre {order} blev afsendt {date}, sporingsnummer {tracking}.
    Faktura {invoice} på {price} forfalder {date}.
    Opdateret fra version {version} til {version} kl. {clock}.
    Måleraflæsning {date}: {measure}, aftale {account}.
    CPR-nr. 070585-1234, CVR 12345678.
    """,
)
language(
    "fi",
    "Puhelin|Matkapuhelin|Sähköposti|Kortti|Tilaus|Lasku|Asiakasnumero|Päivä|Hinta|Versio|Sivusto",
    """
    Hei, {name} tässä, soita minulle numeroon {phone} ennen {date}.
    Minut tavoittaa osoitteesta {email} tai numerosta {phone}.
    Korttiani {card} veloitettiin kahdesti tilauksesta {order}.
    Kadotin korttini {card} paikkakunnalla {city}, sulkekaa se.
    Lähettäkää lasku {invoice} osoitteeseen {email}.
    """,
    """
    Tilaus {order} lähetettiin {date}, seurantatunnus {tracking}.
    Lasku {invoice}, {price}, eräpäivä {date}.
    Päivitetty versiosta {version} versioon {version} klo {clock}.
    Mittarilukema {date}: {measure}, sopimus {account}.
    Henkilötunnus 070585-123A, Y-tunnus 1234567-1.
    """,
)
language(
    "tr",
    "Telefon|Cep|E-posta|Kart|Sipariş|Fatura|Müşteri no|Tarih|Fiyat|Sürüm|Web",
    """
    Merhaba, ben {name}, beni {phone} numarasından arayın.
    Bana {email} adresinden ya da {phone} numaradan ulaşabilirsiniz.
    {order} numaralı sipariş için {card} kartımdan iki kez çekildi.
    {card} numaralı kartımı {city} şehrinde kaybettim, lütfen iptal edin.
    Faturayı {email} adresine gönderin.
    """,
    """
    {order} numaralı sipariş {date} tarihinde gönderildi, takip no {tracking}.
    {invoice} numaralı fatura, tutar {price}, son ödeme {date}.
    Sürüm {version} yerine {version} kuruldu, saat {clock}.
    Sayaç okuması {date}: {measure}, sözleşme {account}.
    T.C. kimlik no 12345678901, vergi no 1234567890.
    """,
)
language(
    "el",
    "Τηλέφωνο|Κινητό|Email|Κάρτα|Παραγγελία|Τιμολόγιο|Κωδικός πελάτη|Ημερομηνία|Τιμή|Έκδοση|Ιστοσελίδα",
    """
    Καλημέρα, είμαι ο {name}, καλέστε με στο {phone}.
    Μπορείτε να μου γράψετε στο {email} ή να καλέσετε στο {phone}.
    Η κάρτα μου {card} χρεώθηκε δύο φορές για την παραγγελία {order}.
    Έχασα την κάρτα {card} στην πόλη {city}, παρακαλώ μπλοκάρετέ την.
    Στείλτε το τιμολόγιο {invoice} στο {email}.
    """,
    """
    Η παραγγελία {order} στάλθηκε στις {date}, αριθμός αποστολής {tracking}.
    Το τιμολόγιο {invoice} ύψους {price} λήγει στις {date}.
    Αναβάθμιση από την έκδοση {version} στην {version} στις {clock}.
    Ένδειξη μετρητή {date}: {measure}, συμβόλαιο {account}.
    ΑΦΜ 123456789, ΑΜΚΑ 07058512345.
    """,
)
language(
    "ru",
    "Телефон|Мобильный|Почта|Карта|Заказ|Счёт|Номер клиента|Дата|Цена|Версия|Сайт",
    """
    Здравствуйте, это {name}, перезвоните мне по номеру {phone}.
    Пишите на {email} или звоните {phone}.
    С моей карты {card} дважды списали за заказ {order}.
    Я потерял карту {card} в городе {city}, заблокируйте её.
    Пришлите счёт {invoice} на {email}.
    Подробности на {url}, тел. {phone}.
    """,
    """
    Заказ {order} отправлен {date}, трек-номер {tracking}.
    Счёт {invoice} на сумму {price} нужно оплатить до {date}.
    Обновили версию {version} до {version} в {clock}.
    Показания счётчика на {date}: {measure}, договор {account}.
    ИНН 7707083893, СНИЛС 112-233-445 95, паспорт 45 08 123456.
    """,
)
language(
    "uk",
    "Телефон|Мобільний|Пошта|Картка|Замовлення|Рахунок|Номер клієнта|Дата|Ціна|Версія|Сайт",
    """
    Добрий день, це {name}, передзвоніть мені на {phone}.
    Пишіть на {email} або телефонуйте {phone}.
    З моєї картки {card} двічі списали за замовлення {order}.
    Я загубив картку {card} у місті {city}, заблокуйте її.
    Надішліть рахунок {invoice} на {email}.
    """,
    """
    Замовлення {order} відправлено {date}, номер відправлення {tracking}.
    Рахунок {invoice} на суму {price} сплатіть до {date}.
    Оновлено з версії {version} до {version} о {clock}.
    Показники лічильника на {date}: {measure}, договір {account}.
    ІПН 1234567890, ЄДРПОУ 12345678.
    """,
)
language(
    "bg",
    "Телефон|Мобилен|Имейл|Карта|Поръчка|Фактура|Клиентски номер|Дата|Цена|Версия|Сайт",
    """
    Здравейте, {name} е, обадете ми се на {phone}.
    Пишете на {email} или звъннете на {phone}.
    Изгубих картата {card}, моля блокирайте я.
    """,
    """
    Поръчка {order} е изпратена на {date}, номер на пратката {tracking}.
    Фактура {invoice} за {price} е с падеж {date}.
    """,
)
language(
    "ja",
    "電話|携帯|メール|カード|注文番号|請求書|お客様番号|日付|価格|バージョン|サイト",
    """
    {name}です。{phone}までお電話ください。
    ご連絡は{email}または{phone}へお願いします。
    カード{card}で注文{order}が二重に請求されました。
    {city}でクレジットカード {card} を紛失しました。停止してください。
    請求書を{email}に送ってください。
    詳しくは {url} をご覧ください。電話は{phone}です。
    """,
    """
    注文番号{order}は{date}に発送しました。追跡番号は{tracking}です。
    請求書{invoice}、金額{price}、支払期限{date}。
    バージョン{version}から{version}に{clock}に更新しました。
    {date}の検針値は{measure}、契約番号{account}。
    商品コード{ean}、在庫{small}点。
    """,
)
language(
    "zh",
    "电话|手机|邮箱|卡号|订单号|发票|客户编号|日期|价格|版本|网站",
    """
    您好，我是{name}，请回电{phone}。
    请联系{email}或者拨打{phone}。
    我的银行卡{card}被订单{order}重复扣款。
    我在{city}丢了信用卡 {card}，请冻结。
    请把发票{invoice}发到{email}，谢谢。
    详情见 {url} ，手机{phone}。
    """,
    """
    订单{order}已于{date}发货，快递单号{tracking}。
    发票{invoice}，金额{price}，{date}到期。
    已从版本{version}升级到{version}，时间{clock}。
    {date}电表读数{measure}，合同编号{account}。
    商品条码{ean}，库存{small}件。
    """,
)
language(
    "ko",
    "전화|휴대폰|이메일|카드번호|주문번호|청구서|고객번호|날짜|가격|버전|웹사이트",
    """
    안녕하세요, {name}입니다. {phone}로 전화 주세요.
    연락처는 {email} 또는 {phone}입니다.
    카드 {card}에서 주문 {order}이 두 번 결제됐어요.
    {city}에서 카드 {card}를 잃어버렸습니다. 정지해 주세요.
    청구서를 {email}로 보내 주세요.
    """,
    """
    주문번호 {order}은 {date}에 발송되었습니다. 운송장번호 {tracking}.
    청구서 {invoice}, 금액 {price}, 납기일 {date}.
    버전 {version}에서 {version}으로 {clock}에 업데이트했습니다.
    {date} 검침값 {measure}, 계약번호 {account}.
    사업자등록번호 123-45-67890, 주민등록번호 850507-1234567.
    """,
)
language(
    "he",
    'טלפון|נייד|דוא"ל|כרטיס|הזמנה|חשבונית|מספר לקוח|תאריך|מחיר|גרסה|אתר',
    """
    שלום, מדבר {name}, תתקשרו אליי למספר {phone}.
    אפשר לכתוב אל {email} או להתקשר {phone}.
    הכרטיס שלי {card} חויב פעמיים עבור הזמנה {order}.
    איבדתי את כרטיס האשראי {card} ב{city}, נא לחסום.
    נא לשלוח את החשבונית {invoice} אל {email}.
    """,
    """
    הזמנה {order} נשלחה ב-{date}, מספר מעקב {tracking}.
    חשבונית {invoice} על סך {price} לתשלום עד {date}.
    עודכן מגרסה {version} לגרסה {version} בשעה {clock}.
    קריאת מונה {date}: {measure}, חוזה {account}.
    """,
)
language(
    "ar",
    "هاتف|جوال|بريد|بطاقة|طلب|فاتورة|رقم العميل|تاريخ|السعر|الإصدار|موقع",
    """
    مرحبا، أنا {name}، اتصل بي على {phone}.
    يمكنكم مراسلتي على {email} أو الاتصال على {phone}.
    تم الخصم مرتين من بطاقتي {card} للطلب {order}.
    فقدت بطاقتي {card} في {city}، الرجاء إيقافها.
    أرسلوا الفاتورة {invoice} إلى {email}.
    """,
    """
    تم شحن الطلب {order} بتاريخ {date}، رقم التتبع {tracking}.
    الفاتورة {invoice} بمبلغ {price} مستحقة في {date}.
    تم التحديث من الإصدار {version} إلى {version}.
    قراءة العداد {date}: {measure}، العقد {account}.
    """,
)
language(
    "hi",
    "फ़ोन|मोबाइल|ईमेल|कार्ड|ऑर्डर|बिल|ग्राहक संख्या|तारीख|कीमत|संस्करण|वेबसाइट",
    """
    नमस्ते, मैं {name} हूँ, मुझे {phone} पर कॉल करें।
    आप मुझे {email} या {phone} पर संपर्क कर सकते हैं।
    मेरे कार्ड {card} से ऑर्डर {order} के लिए दो बार पैसे कटे।
    मेरा कार्ड {card} खो गया है, कृपया ब्लॉक करें।
    """,
    """
    ऑर्डर {order} {date} को भेजा गया, ट्रैकिंग {tracking}।
    बिल {invoice} की राशि {price}, अंतिम तारीख {date}।
    संस्करण {version} से {version} में अपडेट किया।
    """,
)
language(
    "id",
    "Telepon|HP|Email|Kartu|Pesanan|Faktur|No. pelanggan|Tanggal|Harga|Versi|Situs",
    """
    Halo, saya {name}, tolong hubungi saya di {phone}.
    Silakan kirim email ke {email} atau telepon {phone}.
    Kartu saya {card} ditagih dua kali untuk pesanan {order}.
    Saya kehilangan kartu kredit {card} di {city}, mohon diblokir.
    Kirim faktur {invoice} ke {email}, WA {phone}.
    """,
    """
    Pesanan {order} dikirim pada {date}, nomor resi {tracking}.
    Faktur {invoice} sebesar {price} jatuh tempo {date}.
    Diperbarui dari versi {version} ke {version} pukul {clock}.
    Angka meter {date}: {measure}, kontrak {account}.
    NIK 3174050705850001, NPWP 01.234.567.8-901.000.
    """,
)
language(
    "vi",
    "Điện thoại|Di động|Email|Thẻ|Đơn hàng|Hóa đơn|Mã khách hàng|Ngày|Giá|Phiên bản|Trang web",
    """
    Xin chào, tôi là {name}, vui lòng gọi lại số {phone}.
    Liên hệ {email} hoặc gọi {phone}.
    Thẻ {card} của tôi bị trừ tiền hai lần cho đơn hàng {order}.
    Tôi bị mất thẻ {card} ở {city}, xin hãy khóa thẻ.
    """,
    """
    Đơn hàng {order} đã gửi ngày {date}, mã vận đơn {tracking}.
    Hóa đơn {invoice} số tiền {price}, hạn {date}.
    Đã cập nhật từ phiên bản {version} lên {version}.
    """,
)
language(
    "th",
    "โทรศัพท์|มือถือ|อีเมล|บัตร|คำสั่งซื้อ|ใบแจ้งหนี้|รหัสลูกค้า|วันที่|ราคา|เวอร์ชัน|เว็บไซต์",
    """
    สวัสดีครับ ผม {name} โทรกลับที่ {phone} ด้วยครับ
    ติดต่อ {email} หรือโทร {phone}
    บัตร {card} ถูกตัดเงินสองครั้งสำหรับคำสั่งซื้อ {order}
    """,
    """
    คำสั่งซื้อ {order} ส่งแล้ววันที่ {date} หมายเลขติดตาม {tracking}
    ใบแจ้งหนี้ {invoice} จำนวน {price} ครบกำหนด {date}
    อัปเดตจากเวอร์ชัน {version} เป็น {version}
    """,
)
language(
    "hu",
    "Telefon|Mobil|E-mail|Kártya|Rendelés|Számla|Ügyfélszám|Dátum|Ár|Verzió|Honlap",
    """
    Jó napot, {name} vagyok, kérem hívjon vissza a {phone} számon.
    Írjon a {email} címre vagy hívja a {phone} számot.
    A(z) {card} kártyámat kétszer terhelték meg a(z) {order} rendelésért.
    Elvesztettem a {card} számú kártyámat, kérem tiltsák le.
    A {invoice} számlát küldjék a {email} címre.
    """,
    """
    A(z) {order} rendelést {date} napon feladtuk, csomagszám {tracking}.
    A(z) {invoice} számla összege {price}, határidő {date}.
    Frissítés {version} verzióról {version} verzióra {clock} órakor.
    Mérőállás {date}: {measure}, szerződés {account}.
    Adószám 12345678-2-41, TAJ 123 456 788.
    """,
)
language(
    "ro",
    "Telefon|Mobil|E-mail|Card|Comandă|Factură|Cod client|Data|Preț|Versiune|Site",
    """
    Bună ziua, sunt {name}, vă rog să mă sunați la {phone}.
    Îmi puteți scrie la {email} sau suna la {phone}.
    Cardul meu {card} a fost debitat de două ori pentru comanda {order}.
    Am pierdut cardul {card} în {city}, vă rog să îl blocați.
    Trimiteți factura {invoice} la {email}.
    """,
    """
    Comanda {order} a fost expediată pe {date}, AWB {tracking}.
    Factura {invoice} în valoare de {price} este scadentă pe {date}.
    Actualizare de la versiunea {version} la {version} la ora {clock}.
    Index contor {date}: {measure}, contract {account}.
    CUI 12345678, CNP 1850507123456.
    """,
)
language(
    "hr",
    "Telefon|Mobitel|E-pošta|Kartica|Narudžba|Račun|Broj kupca|Datum|Cijena|Verzija|Stranica",
    """
    Dobar dan, ovdje {name}, nazovite me na {phone}.
    Pišite na {email} ili nazovite {phone}.
    Izgubio sam karticu {card}, molim blokirajte je.
    """,
    """
    Narudžba {order} poslana je {date}, broj pošiljke {tracking}.
    Račun {invoice} na iznos {price} dospijeva {date}.
    """,
)
language(
    "sl",
    "Telefon|Mobilni|E-pošta|Kartica|Naročilo|Račun|Št. stranke|Datum|Cena|Različica|Splet",
    """
    Pozdravljeni, tukaj {name}, pokličite me na {phone}.
    Pišite na {email} ali pokličite {phone}.
    Izgubil sem kartico {card}, prosim blokirajte jo.
    """,
    """
    Naročilo {order} je bilo poslano {date}, številka pošiljke {tracking}.
    Račun {invoice} v znesku {price} zapade {date}.
    """,
)
